import Testing

@testable import EnsembleBackup

@Suite struct LogExtentTests {
    private func read(_ bytes: [UInt8]) throws -> (extent: LogExtent, copied: [UInt8]) {
        let scratch = try Scratch()
        let path = try scratch.write("log.1", bytes)
        var copied: [UInt8] = []
        let extent = try LogExtent(reading: OpenFile(reading: path)) { copied += $0 }
        return (extent, copied)
    }

    @Test func aLogThatEndsInZerosIsReadToItsLastRecord() throws {
        let log = SyntheticData.log([1, 2, 3])
        let (extent, copied) = try read(log + [UInt8](repeating: 0, count: 100_000))
        #expect(extent.records == 3)
        #expect(extent.first == Zxid(rawValue: 1))
        #expect(extent.last == Zxid(rawValue: 3))
        #expect(extent.endsCleanly)
        #expect(copied == log)
    }

    @Test func whatIsNoLogHasNoExtent() throws {
        let (extent, copied) = try read(Array("anything but a log of transactions".utf8))
        #expect(extent.length == 0)
        #expect(!extent.endsCleanly)
        #expect(copied.isEmpty)
    }

    /// However a log ends, what is taken of it is a run of whole records from its start.
    @Test(arguments: 0..<24)
    func whereverALogIsCutOrDamagedWholeRecordsRemain(round: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        var bytes = SyntheticData.logHeader
        var ends = [bytes.count]
        for zxid in 1...UInt64.random(in: 1...30, using: &random) {
            // Some larger than what is read at once.
            let size = Int.random(in: 0...9, using: &random) == 0 ? 1_500_000 : Int.random(in: 0...5000, using: &random)
            bytes += SyntheticData.record(zxid: zxid, payload: [UInt8](repeating: UInt8.random(in: 1...255, using: &random), count: size))
            ends.append(bytes.count)
        }
        var damaged = bytes
        let position = Int.random(in: SyntheticData.logHeader.count..<bytes.count, using: &random)
        switch round % 3 {
        case 0: damaged.removeLast(bytes.count - position)
        case 1: damaged[position] ^= UInt8.random(in: 1...255, using: &random)
        default: damaged.replaceSubrange(position..., with: [UInt8](repeating: 0, count: bytes.count - position))
        }
        let (extent, copied) = try read(damaged)
        let expected = ends.lastIndex { $0 <= position } ?? 0
        // Zeros may stand for zeros.
        let isUnchanged = damaged == bytes
        #expect(extent.records == (isUnchanged ? ends.count - 1 : expected), "seed \(seed)")
        #expect(extent.length == copied.count, "seed \(seed)")
        #expect(copied == Array(bytes.prefix(extent.length)), "seed \(seed)")
        #expect(ends.contains(extent.length), "seed \(seed)")
    }
}
