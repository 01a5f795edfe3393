import DNSWire

/// How often each record of one name is contributed: a name and a value are stored once however many tasks have them, and
/// go with the last.
enum RecordCounts: Sendable {
    struct Count: Sendable {
        var all: Int32 = 0
        var healthy: Int32 = 0
    }
    /// The common case, without the cost of a dictionary.
    case single(ZoneRecord.Value, Count)
    case many([ZoneRecord.Value: Count])

    init(_ value: ZoneRecord.Value, isHealthy: Bool) { self = .single(value, Count(all: 1, healthy: isHealthy ? 1 : 0)) }

    /// - Returns: whether anything is left.
    mutating func change(_ value: ZoneRecord.Value, by difference: Int32, isHealthy: Bool) -> Bool {
        switch self {
        case .single(value, let count):
            let changed = count.changed(by: difference, isHealthy)
            self = .single(value, changed)
            return changed.all != 0
        case .single(let other, let count):
            self = .many([other: count, value: Count().changed(by: difference, isHealthy)])
        case .many(var values):
            // Gives up the stored reference first, so that the dictionary changes in place.
            self = .single(value, Count())
            let changed = values[value, default: Count()].changed(by: difference, isHealthy)
            values[value] = changed.all == 0 ? nil : changed
            if values.count == 1, let (value, count) = values.first { self = .single(value, count) } else { self = .many(values) }
        }
        return true
    }

    /// - healthyOnly: leaves unhealthy values out unless all of their type are unhealthy (contracts/dns-networking.md §12, 3).
    func recordSet(healthyOnly: Bool) -> RecordSet {
        var set = RecordSet()
        switch self {
        case .single(let value, _): set.append(value)
        case .many(let values):
            set = RecordCounts.recordSet(values.lazy.filter { !healthyOnly || $0.value.healthy > 0 }.map(\.key))
            if healthyOnly {
                let all = RecordCounts.recordSet(values.keys)
                if set.addresses.isEmpty { set.addresses = all.addresses }
                if set.addresses6.isEmpty { set.addresses6 = all.addresses6 }
                if set.services.isEmpty { set.services = all.services }
            }
        }
        return set
    }

    private static func recordSet(_ values: some Sequence<ZoneRecord.Value>) -> RecordSet {
        var set = RecordSet()
        for value in values { set.append(value) }
        set.addresses.sort()
        set.addresses6.sort()
        set.services.sort {
            $0.port == $1.port ? $0.target.wire.lexicographicallyPrecedes($1.target.wire) : $0.port < $1.port
        }
        return set
    }
}

extension RecordCounts.Count {
    fileprivate func changed(by difference: Int32, _ isHealthy: Bool) -> Self {
        Self(all: all + difference, healthy: healthy + (isHealthy ? difference : 0))
    }
}

extension RecordSet {
    fileprivate mutating func append(_ value: ZoneRecord.Value) {
        switch value {
        case .a(let address): addresses.append(address)
        case .aaaa(let address): addresses6.append(address)
        case .srv(let target, let port): services.append(Service(target: target, port: port))
        }
    }
}
