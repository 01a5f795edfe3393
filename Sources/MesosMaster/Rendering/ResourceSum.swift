import ResourceModel

/// Adds resources up for the flat object of the v0 endpoints: over roles, reservations and volumes; what may be taken back
/// apart (contracts/mesos.md §4.1). Made for thousands of additions per document.
struct ResourceSum: Sendable {
    /// Whether revocable.
    private struct Part: Sendable {
        // Thousandths.
        var cpus: Int64 = 0
        var gpus: Int64 = 0
        var mem: Int64 = 0
        var disk: Int64 = 0
        var scalars: [String: Int64] = [:]
        var ranges: [String: [ClosedRange<UInt64>]] = [:]
        var sets: [String: Set<String>] = [:]

        mutating func add(_ resource: Resource) {
            switch resource.type {
            case .scalar:
                guard let value = resource.scalar?.value else { return }
                let thousandths = Int64((value * 1000).rounded())
                switch resource.name {
                case "cpus": cpus += thousandths
                case "mem": mem += thousandths
                case "disk": disk += thousandths
                case "gpus": gpus += thousandths
                default: scalars[resource.name, default: 0] += thousandths
                }
            case .ranges:
                for range in resource.ranges?.range ?? [] where range.begin <= range.end {
                    ranges[resource.name, default: []].append(range.begin...range.end)
                }
            case .set: sets[resource.name, default: []].formUnion(resource.set?.item ?? [])
            case .text: break
            }
        }

        mutating func add(_ other: Part) {
            cpus += other.cpus
            gpus += other.gpus
            mem += other.mem
            disk += other.disk
            scalars.merge(other.scalars, uniquingKeysWith: +)
            ranges.merge(other.ranges, uniquingKeysWith: +)
            sets.merge(other.sets) { $0.union($1) }
        }
    }

    private var firm = Part()
    private var revocable = Part()

    init() {}
    init(_ resources: some Sequence<Resource>) { add(resources) }

    mutating func add(_ resources: some Sequence<Resource>) {
        for resource in resources {
            if resource.revocable == nil { firm.add(resource) } else { revocable.add(resource) }
        }
    }

    mutating func add(_ other: ResourceSum) {
        firm.add(other.firm)
        revocable.add(other.revocable)
    }

    static func + (a: ResourceSum, b: ResourceSum) -> ResourceSum {
        var sum = a
        sum.add(b)
        return sum
    }

    /// Of `cpus`, `gpus`, `mem` or `disk`.
    func scalar(_ name: String, revocable isRevocable: Bool) -> Double {
        let part = isRevocable ? revocable : firm
        let thousandths =
            switch name {
            case "cpus": part.cpus
            case "gpus": part.gpus
            case "mem": part.mem
            case "disk": part.disk
            default: part.scalars[name] ?? 0
            }
        return Double(thousandths) / 1000
    }

    func write(to json: inout JSONText) {
        json.object { json in
            json.member("cpus", Double(firm.cpus) / 1000)
            json.member("gpus", Double(firm.gpus) / 1000)
            json.member("mem", Double(firm.mem) / 1000)
            json.member("disk", Double(firm.disk) / 1000)
            Self.writeOthers(of: firm, suffix: "", to: &json)
            for (name, value) in [
                ("cpus", revocable.cpus), ("gpus", revocable.gpus), ("mem", revocable.mem), ("disk", revocable.disk),
            ] where value != 0 {
                json.member(name + "_revocable", Double(value) / 1000)
            }
            Self.writeOthers(of: revocable, suffix: "_revocable", to: &json)
        }
    }

    private static func writeOthers(of part: Part, suffix: String, to json: inout JSONText) {
        if !part.scalars.isEmpty {
            for (name, value) in part.scalars.sorted(by: { $0.key < $1.key }) { json.member(name + suffix, Double(value) / 1000) }
        }
        if !part.ranges.isEmpty {
            for (name, ranges) in part.ranges.sorted(by: { $0.key < $1.key }) {
                json.member(name + suffix, RangeSet(ranges).description)
            }
        }
        if !part.sets.isEmpty {
            for (name, items) in part.sets.sorted(by: { $0.key < $1.key }) {
                json.member(name + suffix, "{" + items.sorted().joined(separator: ", ") + "}")
            }
        }
    }
}
