import FoundationEssentials
import Testing

@testable import EnsembleBackup

@Suite struct GzipTests {
    private func compress(_ bytes: [UInt8], in scratch: Scratch) throws -> String {
        let pending = try PendingFile(at: scratch.path + "/file.gz")
        try Gzip.compress(OpenFile(reading: scratch.write("file", bytes)), to: pending.file)
        try pending.publish()
        return pending.path
    }

    private func expand(_ path: String) throws -> [UInt8] {
        var result: [UInt8] = []
        try Gzip.expand(OpenFile(reading: path)) { result += $0 }
        return result
    }

    @Test(arguments: [0, 1, 1000, 3_000_000])
    func filesComeBackAsTheyWere(size: Int) throws {
        let scratch = try Scratch()
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7) }
        #expect(try expand(compress(bytes, in: scratch)) == bytes)
    }

    @Test func aFileCutShortOrChangedIsRefused() throws {
        let scratch = try Scratch()
        let path = try compress((0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }, in: scratch)
        let whole = try #require(FileManager.default.contents(atPath: path)).map { $0 }
        for length in stride(from: 1, to: whole.count, by: max(1, whole.count / 20)) {
            let cut = try scratch.write("cut", whole.prefix(length))
            #expect(throws: BackupError.self) { try expand(cut) }
        }
        var changed = whole
        changed[whole.count - 6] ^= 1
        let path2 = try scratch.write("changed", changed)
        #expect(throws: BackupError.self) { try expand(path2) }
    }

    @Test func whatIsNotCompressedIsRefused() throws {
        let scratch = try Scratch()
        let path = try scratch.write("plain", "no gzip at all")
        #expect(throws: BackupError.self) { try expand(path) }
    }
}
