/// One name of a zone with its answers in wire format, ready behind a question that stands at byte 12: every owner is a
/// pointer to the question, and SRV targets share its suffix. Immutable.
final class ZoneNode: Sendable {
    let records: RecordSet
    /// 16 bytes per A record.
    let a: [UInt8]
    /// 28 bytes per AAAA record.
    let aaaa: [UInt8]
    let services: Services?

    /// The SRV records of a name.
    struct Services: Sendable {
        struct Item: Sendable {
            /// Where the record is in `wire`.
            var start: UInt32
            var length: UInt32
            /// Index into `targets`.
            var target: UInt32
        }
        let wire: [UInt8]
        let items: [Item]
        /// Distinct targets and their hashes in the zone's table.
        let targets: [(name: DNSName, hash: UInt64)]
    }

    static let aLength = 16
    static let aaaaLength = 28
    /// Bytes of an SRV record before its target.
    static let targetOffset = 18

    init(name: DNSName, records: RecordSet, ttl: UInt32, hash: (DNSName) -> UInt64) {
        self.records = records
        var a: [UInt8] = []
        a.reserveCapacity(records.addresses.count * ZoneNode.aLength)
        for address in records.addresses {
            ZoneNode.appendHead(.a, ttl: ttl, length: 4, to: &a)
            ZoneNode.append(address.value, to: &a)
        }
        self.a = a
        var aaaa: [UInt8] = []
        for address in records.addresses6 {
            ZoneNode.appendHead(.aaaa, ttl: ttl, length: 16, to: &aaaa)
            ZoneNode.append(address.high, to: &aaaa)
            ZoneNode.append(address.low, to: &aaaa)
        }
        self.aaaa = aaaa
        services = records.services.isEmpty ? nil : ZoneNode.encode(records.services, owner: name, ttl: ttl, hash: hash)
    }

    private static func encode(_ services: [RecordSet.Service], owner: DNSName, ttl: UInt32, hash: (DNSName) -> UInt64) -> Services {
        var wire: [UInt8] = []
        var items: [Services.Item] = []
        var targets: [(name: DNSName, hash: UInt64)] = []
        var indexes: [DNSName: UInt32] = [:]
        items.reserveCapacity(services.count)
        for service in services {
            let start = wire.count
            let target = compressed(service.target, against: owner)
            appendHead(.srv, ttl: ttl, length: UInt16(6 + target.count), to: &wire)
            append(UInt32(0), to: &wire)
            append(service.port, to: &wire)
            wire += target
            let index = indexes[service.target] ?? UInt32(targets.count)
            if index == targets.count {
                indexes[service.target] = index
                targets.append((service.target, hash(service.target)))
            }
            items.append(Services.Item(start: UInt32(start), length: UInt32(wire.count - start), target: index))
        }
        return Services(wire: wire, items: items, targets: targets)
    }

    /// The name with its longest suffix that is also one of `question`'s replaced by a pointer to the latter.
    private static func compressed(_ name: DNSName, against question: DNSName) -> [UInt8] {
        var start = 0
        while name.wire[start] != 0 {
            let suffix = name.wire[start...]
            var at = 0
            while question.wire[at] != 0 {
                if question.wire.count - at == suffix.count, question.wire[at...].elementsEqual(suffix) {
                    let pointer = UInt16(12 + at) | 0xc000
                    return Array(name.wire[..<start]) + [UInt8(pointer >> 8), UInt8(truncatingIfNeeded: pointer)]
                }
                at += Int(question.wire[at]) + 1
            }
            start += Int(name.wire[start]) + 1
        }
        return name.wire
    }

    private static func appendHead(_ type: RecordType, ttl: UInt32, length: UInt16, to bytes: inout [UInt8]) {
        append(UInt16(0xc00c), to: &bytes)
        append(type.rawValue, to: &bytes)
        append(RecordClass.in.rawValue, to: &bytes)
        append(ttl, to: &bytes)
        append(length, to: &bytes)
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
