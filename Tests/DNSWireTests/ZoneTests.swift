import DNSWire
import Testing

@Suite struct ZoneTests {
    static func editor() throws -> ZoneEditor {
        let soa = StartOfAuthority(
            primary: try name("ns1.mesos"), mailbox: .root, serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 1)
        return ZoneEditor(apex: try name("mesos"), ttl: 5, authority: soa)
    }

    @Test func aNameWithOnlyNamesBelowItExistsWithoutRecords() throws {
        var editor = try ZoneTests.editor()
        let leaf = try name("a.b.c.mesos")
        let middle = try name("b.c.mesos")
        editor.set(RecordSet(addresses: [IPv4Address(value: 1)]), for: leaf)
        #expect(editor.zone.records(of: middle) == RecordSet())
        editor.set(RecordSet(addresses: [IPv4Address(value: 2)]), for: middle)
        editor.set(RecordSet(), for: leaf)
        #expect(editor.zone.records(of: leaf) == nil)
        #expect(editor.zone.records(of: middle)?.addresses == [IPv4Address(value: 2)])
        editor.set(RecordSet(), for: middle)
        #expect(editor.zone.records(of: middle) == nil)
        #expect(editor.zone.count == 1)
    }

    @Test func namesOutsideTheZoneAreRefused() throws {
        var editor = try ZoneTests.editor()
        #expect(!editor.set(RecordSet(addresses: [IPv4Address(value: 1)]), for: try name("a.example")))
        #expect(editor.zone.count == 1)
    }

    @Test func aSnapshotNeverChanges() throws {
        var editor = try ZoneTests.editor()
        let a = try name("a.mesos")
        editor.set(RecordSet(addresses: [IPv4Address(value: 1)]), for: a)
        let before = editor.zone
        editor.set(RecordSet(addresses: [IPv4Address(value: 2)]), for: a)
        editor.set(RecordSet(addresses: [IPv4Address(value: 3)]), for: try name("b.mesos"))
        #expect(before.records(of: a)?.addresses == [IPv4Address(value: 1)])
        #expect(before.records(of: try name("b.mesos")) == nil)
    }

    @Test func anyOrderOfChangesEndsInTheZoneOfTheModel() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        var editor = try ZoneTests.editor()
        var model: [DNSName: RecordSet] = [:]
        let labels = ["a", "b", "c", "d"]
        for round in 0..<4000 {
            let depth = Int.random(in: 0..<4, using: &random)
            let text = (0..<depth).map { _ in labels.randomElement(using: &random) ?? "" } + ["mesos"]
            let changed = try name(text.joined(separator: "."))
            let set = Bool.random(using: &random) ? RecordSet() : RecordSet(addresses: [IPv4Address(value: UInt32(round))])
            editor.set(set, for: changed)
            model[changed] = set.isEmpty ? nil : set
            guard round % 97 == 0 else { continue }
            var existing: Set<DNSName> = [editor.zone.apex]
            for name in model.keys {
                var current: DNSName? = name
                while let next = current, next != editor.zone.apex {
                    existing.insert(next)
                    current = next.parent
                }
            }
            #expect(editor.zone.count == existing.count, "seed \(seed)")
            for name in existing { #expect(editor.zone.records(of: name) == model[name] ?? RecordSet(), "seed \(seed)") }
        }
    }
}
