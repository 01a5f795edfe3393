import Testing

@testable import TransactionLog

/// Damaged files: whatever is in them, reading ends, and what is read before the damage is what was there.
struct FuzzTests {
    private static let rounds = 1500

    /// Flips, overwrites, inserts, removes or cuts off bytes in a few places.
    private func damage(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let position = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[position] = UInt8.random(in: 0...255, using: &generator)
            case 2:
                // Lengths and counts out of all proportion.
                for index in position..<min(position + 4, bytes.count) { bytes[index] = index == position ? 0x7f : 0xff }
            case 3: bytes.insert(contentsOf: (0..<8).map { _ in UInt8.random(in: 0...255, using: &generator) }, at: position)
            case 4: bytes.removeSubrange(position..<min(position + Int.random(in: 1...64, using: &generator), bytes.count))
            default: bytes.removeSubrange(position...)
            }
        }
        return bytes
    }

    private func seeds() -> (UInt64, SeededGenerator) {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        return (seed, SeededGenerator(seed: seed))
    }

    @Test func damagedLogsAreReadUpToTheDamage() throws {
        var whole: [LogEntry] = []
        var reader = try LogReader(bytes: ServerFiles.log1)
        while let entry = try reader.next() { whole.append(entry) }
        var (seed, generator) = seeds()
        for round in 0..<Self.rounds {
            let bytes = damage(ServerFiles.log1, &generator)
            let intact = zip(bytes, ServerFiles.log1).prefix { $0 == $1 }.count
            guard var reader = try? LogReader(bytes: bytes) else { continue }
            var count = 0
            while let entry = try reader.next() {
                _ = try? entry.transaction()
                if entry.offset + Int64(entry.body.count) + 33 + 12 <= intact, count < whole.count {
                    #expect(entry.header == whole[count].header, "seed \(seed), round \(round)")
                }
                count += 1
            }
            let untouched = whole.prefix { Int($0.offset) + 12 + 32 + $0.body.count + 1 <= intact }.count
            #expect(count >= untouched, "seed \(seed), round \(round)")
        }
    }

    /// The checksum keeps damage from the records; here they get it all the same.
    @Test func damagedRecordsAreRefusedOrRead() throws {
        var bodies: [(TransactionHeader, [UInt8])] = []
        for log in [ServerFiles.log1, ServerFiles.log35] {
            var reader = try LogReader(bytes: log)
            while let entry = try reader.next() { bodies.append((entry.header, Array(entry.body))) }
        }
        var (_, generator) = seeds()
        var tree = DataTree()
        for _ in 0..<Self.rounds {
            guard var (header, body) = bodies.randomElement(using: &generator) else { return }
            if Bool.random(using: &generator) { header.type = Int32.random(in: -12...22, using: &generator) }
            body = damage(body, &generator)
            if let transaction = try? TransactionDecoder.decode(header, body: body[...]) { tree.apply(transaction) }
        }
        #expect(tree.nodes["/"] != nil)
    }

    @Test func damagedSnapshotsAreRefused() throws {
        var (seed, generator) = seeds()
        for round in 0..<Self.rounds {
            let bytes = damage(ServerFiles.snapshot33, &generator)
            guard bytes != ServerFiles.snapshot33 else { continue }
            let tree = try? DataTree(reading: try SnapshotReader(bytes: bytes), zxid: 0x33)
            // A file that ends after the first checksum is one of an older server.
            #expect(
                tree == nil || ServerFiles.snapshot33.starts(with: bytes) || bytes.starts(with: ServerFiles.snapshot33),
                "seed \(seed), round \(round)")
        }
    }

    @Test func damagedSnappyIsRefused() throws {
        let whole = try DataTree(
            reading: try SnapshotReader(source: try SnappySource(MemorySource(ServerFiles.snapshot4dSnappy)), path: ""), zxid: 0x4d)
        var (_, generator) = seeds()
        for _ in 0..<Self.rounds {
            let bytes = damage(ServerFiles.snapshot4dSnappy, &generator)
            guard bytes != ServerFiles.snapshot4dSnappy else { continue }
            let tree = try? DataTree(reading: try SnapshotReader(source: try SnappySource(MemorySource(bytes)), path: ""), zxid: 0x4d)
            // Damage that undoes itself in the compressed form leaves the content, and its checksum, as they were.
            #expect(tree == nil || tree?.nodes.count == whole.nodes.count)
        }
    }

    @Test func randomBytesAreNoBlockOfSnappy() {
        var (_, generator) = seeds()
        for _ in 0..<Self.rounds {
            let bytes = (0..<Int.random(in: 0...200, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if let content = try? SnappyBlock.decompress(bytes[...], limit: 1 << 20) { #expect(content.count <= 1 << 20) }
        }
    }
}
