/// An immutable snapshot of an authoritative zone. Cheap to copy; made by `ZoneEditor`.
public struct Zone: Sendable {
    public let apex: DNSName
    /// Of every record, in seconds.
    public let ttl: UInt32
    public internal(set) var authority: StartOfAuthority
    var table: NameTable<ZoneNode>

    /// How many names exist, those without records of their own included.
    public var count: Int { table.count }

    /// The records of a name: empty for one that only has names below it, nil when it does not exist.
    public func records(of name: DNSName) -> RecordSet? { table[name]?.records }

    /// All names that have records, in no order.
    public func forEach(_ body: (DNSName, RecordSet) -> Void) {
        table.forEach { name, node in
            if !node.records.isEmpty { body(name, node.records) }
        }
    }
}
