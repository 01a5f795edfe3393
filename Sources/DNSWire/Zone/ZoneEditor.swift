/// Changes a zone name by name and hands out snapshots of it. A change costs time in the size of the name's record set
/// and its depth, whatever the size of the zone.
public struct ZoneEditor: Sendable {
    /// The zone as it is now; copies of it never change.
    public private(set) var zone: Zone
    /// How many names with records are below a name: what keeps an empty non-terminal in existence (RFC 8020).
    private var descendants: [DNSName: Int] = [:]

    /// - ttl: of every record and of negative answers, in seconds.
    /// - seed: of the name table; random in production.
    public init(apex: DNSName, ttl: UInt32, authority: StartOfAuthority, seed: UInt64 = .random(in: .min ... .max)) {
        zone = Zone(apex: apex, ttl: ttl, authority: authority, table: NameTable(seed: seed))
        zone.table[apex] = node(apex, RecordSet())
    }

    /// Replaces the records of a name at or below the apex; an empty set takes them away.
    /// - Returns: false when the name is not in the zone.
    @discardableResult
    public mutating func set(_ records: RecordSet, for name: DNSName) -> Bool {
        guard name.isEqual(toOrBelow: zone.apex) else { return false }
        let old = zone.table[name]
        let had = old.map { !$0.records.isEmpty } ?? false
        if had, old?.records == records { return true }
        if records.isEmpty, !had { return true }
        let remains = !records.isEmpty || name == zone.apex || descendants[name, default: 0] > 0
        zone.table[name] = remains ? node(name, records) : nil
        if had == records.isEmpty { adjustAncestors(of: name, by: records.isEmpty ? -1 : 1) }
        return true
    }

    /// Gives the zone a new serial number, for the next snapshot.
    public mutating func setSerial(_ serial: UInt32) { zone.authority.serial = serial }

    private mutating func adjustAncestors(of name: DNSName, by difference: Int) {
        var current = name
        while current != zone.apex, let parent = current.parent {
            current = parent
            let count = descendants[parent, default: 0] + difference
            descendants[parent] = count == 0 ? nil : count
            guard parent != zone.apex else { return }
            if count == 0 {
                if zone.table[parent]?.records.isEmpty ?? false { zone.table[parent] = nil }
            } else if zone.table[parent] == nil {
                zone.table[parent] = node(parent, RecordSet())
            }
        }
    }

    private func node(_ name: DNSName, _ records: RecordSet) -> ZoneNode {
        ZoneNode(name: name, records: records, ttl: zone.ttl, hash: zone.table.hash(of:))
    }
}
