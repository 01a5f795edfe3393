import DNSWire

/// Which records the parts of a cluster have (contracts/dns-networking.md §3.4). Pure: the same facts give the same
/// records, so what a part once contributed can be taken back without having been stored.
struct RecordRules: Sendable {
    /// Without a final dot, lower case.
    var domain: String
    var labels: LabelRule

    /// - framework: its name as registered.
    func records(of task: TaskFacts, framework: String, on agent: ProcessAddress, agentTail: String) -> [ZoneRecord] {
        let place = labels.fragment(framework)
        guard let discovery = task.discovery else {
            return records(of: task, named: labels.label(task.name), in: place, on: agent, agentTail)
        }
        // The raw name and the label both stay (§3.4, details): old documents print the raw form.
        let mangled = labels.label(discovery.name)
        let raw = discovery.name.lowercased()
        var result = records(of: task, named: mangled, in: place, on: agent, agentTail)
        if raw != mangled { result += records(of: task, named: raw, in: place, on: agent, agentTail) }
        return result
    }

    private func records(
        of task: TaskFacts, named name: String, in framework: String, on agent: ProcessAddress, _ agentTail: String
    ) -> [ZoneRecord] {
        guard !name.isEmpty, !framework.isEmpty else { return [] }
        var records = Collector()
        let canonical = RecordRules.canonical(name, hash: task.hash, agentTail: agentTail)
        let base = "\(framework).\(domain)"
        let agentBase = "\(framework).slave.\(domain)"
        let target = canonical.flatMap { DNSName("\($0).\(base)") }
        let agentTarget = canonical.flatMap { DNSName("\($0).\(agentBase)") }
        let own = DNSName("\(name).\(base)")
        switch task.addresses {
        case .agent:
            records.add(own, .a(agent.ip))
            records.add(target, .a(agent.ip))
        case .own(let four, let six):
            for address in four {
                records.add(own, .a(address))
                records.add(target, .a(address))
            }
            for address in six {
                records.add(own, .aaaa(address))
                records.add(target, .aaaa(address))
            }
        }
        records.add(DNSName("\(name).\(agentBase)"), .a(agent.ip))
        records.add(agentTarget, .a(agent.ip))
        if let agentTarget {
            for transport in task.ports.isEmpty ? [] : ["_tcp", "_udp"] {
                let onAgent = DNSName("_\(name).\(transport).\(agentBase)")
                let plain = task.discovery == nil ? DNSName("_\(name).\(transport).\(base)") : nil
                for port in task.ports {
                    records.add(onAgent, .srv(target: agentTarget, port: port))
                    records.add(plain, .srv(target: agentTarget, port: port))
                }
            }
        }
        if let target {
            for port in task.discovery?.ports ?? [] {
                let portLabel = labels.label(port.name)
                for transport in port.protocol.isEmpty ? ["tcp", "udp"] : [labels.label(port.protocol)] {
                    records.add(DNSName("_\(name)._\(transport).\(base)"), .srv(target: target, port: port.number))
                    guard !portLabel.isEmpty else { continue }
                    records.add(
                        DNSName("_\(portLabel)._\(name)._\(transport).\(base)"), .srv(target: target, port: port.number))
                }
            }
        }
        return records.list
    }

    /// `{task}-{hash5}-{tail}`, the task's part cut so that the label fits (§3.3); nil when there is no room at all.
    /// - name: may have dots; the suffix belongs to its last part.
    static func canonical(_ name: String, hash: String, agentTail: String) -> String? {
        let suffix = "-\(hash)-\(agentTail)"
        let start = name.lastIndex(of: ".").map { name.index(after: $0) } ?? name.startIndex
        var last = name[start...].utf8.prefix(max(0, 63 - suffix.utf8.count))
        if last.count < name[start...].utf8.count {
            while last.last == UInt8(ascii: "-") { last.removeLast() }
        }
        guard !last.isEmpty else { return nil }
        return name[..<start] + String(decoding: last, as: UTF8.self) + suffix
    }

    func records(ofFramework name: String, at scheduler: ProcessAddress) -> [ZoneRecord] {
        let framework = labels.fragment(name)
        guard !framework.isEmpty, let own = DNSName("\(framework).\(domain)") else { return [] }
        var records = Collector()
        records.add(own, .a(scheduler.ip))
        if let port = scheduler.port { records.add(DNSName("_framework._tcp.\(framework).\(domain)"), .srv(target: own, port: port)) }
        return records.list
    }

    func records(ofAgent address: ProcessAddress) -> [ZoneRecord] {
        guard let own = DNSName("slave.\(domain)") else { return [] }
        var records = Collector()
        records.add(own, .a(address.ip))
        if let port = address.port { records.add(DNSName("_slave._tcp.\(domain)"), .srv(target: own, port: port)) }
        return records.list
    }

    /// - masters: the leader first, then the others in the order of their candidacies.
    func records(ofMasters masters: [ProcessAddress]) -> [ZoneRecord] {
        guard let leader = masters.first, let own = DNSName("leader.\(domain)") else { return [] }
        var records = Collector()
        records.add(own, .a(leader.ip))
        for transport in ["_tcp", "_udp"] {
            guard let port = leader.port else { continue }
            records.add(DNSName("_leader.\(transport).\(domain)"), .srv(target: own, port: port))
        }
        var seen: Set<IPv4Address> = []
        for master in masters where seen.insert(master.ip).inserted {
            records.add(DNSName("master.\(domain)"), .a(master.ip))
            records.add(DNSName("master\(seen.count - 1).\(domain)"), .a(master.ip))
        }
        return records.list
    }

    /// The name server's addresses under its own name and, as in the original, under the mailbox name.
    func records(ofNameServer addresses: [IPv4Address], names: [DNSName]) -> [ZoneRecord] {
        names.flatMap { name in addresses.map { ZoneRecord(name: name, value: .a($0)) } }
    }

    /// A list without duplicates, in order; names that cannot be encoded are left out.
    private struct Collector {
        private(set) var list: [ZoneRecord] = []
        private var seen: Set<ZoneRecord> = []

        mutating func add(_ name: DNSName?, _ value: ZoneRecord.Value) {
            guard let name else { return }
            let record = ZoneRecord(name: name, value: value)
            if seen.insert(record).inserted { list.append(record) }
        }
    }
}
