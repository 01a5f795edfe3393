import ResourceModel

/// What is left of an offer while tasks are taken out of it.
struct OfferPool {
    private enum Quantity {
        /// Thousandths: the arithmetic of Mesos.
        case scalar(Int64)
        case ports(RangeSet)
    }

    private struct Entry {
        let resource: Resource
        var quantity: Quantity
    }

    private var entries: [Entry]

    /// Leaves out what ordinary tasks may not use: volumes, reservations made for a task of ours, revocable resources.
    init(_ resources: [Resource]) {
        entries = resources.compactMap { resource in
            guard resource.disk == nil, resource.revocable == nil, !Self.isReservedForTask(resource) else { return nil }
            if let value = resource.scalar?.value, value.isFinite, abs(value) < 9e12 {
                return Entry(resource: resource, quantity: .scalar(Int64((value * 1000).rounded())))
            }
            guard resource.name == "ports", let ranges = resource.ranges?.range else { return nil }
            // Numbers above 65535 are no ports, whatever an agent says.
            let set = RangeSet(ranges.compactMap { $0.begin <= min($0.end, 65535) ? $0.begin...min($0.end, 65535) : nil })
            return Entry(resource: resource, quantity: .ports(set))
        }
    }

    private static func isReservedForTask(_ resource: Resource) -> Bool {
        resource.reservation?.labels?.labels.contains { $0.key == "marathon_task_id" } ?? false
    }

    func hasRole(among roles: Set<String>) -> Bool { entries.contains { roles.contains($0.resource.role) } }

    /// Takes an amount of a scalar out of the entries of these roles, in the order of the offer; nil when they hold less.
    mutating func takeScalar(_ name: String, _ amount: Double, roles: Set<String>) -> [Resource]? {
        var missing = Int64((amount * 1000).rounded())
        guard missing > 0 else { return [] }
        var changed = entries
        var taken: [Resource] = []
        for index in entries.indices where missing > 0 {
            guard changed[index].resource.name == name, roles.contains(changed[index].resource.role),
                case .scalar(let available) = changed[index].quantity, available > 0
            else { continue }
            let part = min(available, missing)
            missing -= part
            changed[index].quantity = .scalar(available - part)
            var resource = changed[index].resource
            resource.scalar = ScalarValue(value: Double(part) / 1000)
            taken.append(resource)
        }
        guard missing == 0 else { return nil }
        entries = changed
        return taken
    }

    /// The ports of these roles, entry by entry.
    func ports(roles: Set<String>) -> [RangeSet] {
        entries.compactMap { entry in
            guard roles.contains(entry.resource.role), case .ports(let set) = entry.quantity, !set.isEmpty else { return nil }
            return set
        }
    }

    /// Takes ports that `ports(roles:)` listed.
    mutating func takePorts(_ ports: [Int], roles: Set<String>) -> [Resource] {
        var wanted = RangeSet(ports.map { UInt64($0)...UInt64($0) })
        var taken: [Resource] = []
        for index in entries.indices where !wanted.isEmpty {
            guard roles.contains(entries[index].resource.role), case .ports(var set) = entries[index].quantity else { continue }
            let here = RangeSet(wanted.ranges.flatMap { $0 }.filter(set.contains).map { $0...$0 })
            guard !here.isEmpty else { continue }
            wanted.subtract(here)
            set.subtract(here)
            entries[index].quantity = .ports(set)
            var resource = entries[index].resource
            resource.ranges = RangesValue(range: here.ranges.map { RangeValue(begin: $0.lowerBound, end: $0.upperBound) })
            taken.append(resource)
        }
        return taken
    }
}
