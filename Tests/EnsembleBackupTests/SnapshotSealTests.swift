import Testing

@testable import EnsembleBackup

@Suite struct SnapshotSealTests {
    private func isIntact(_ bytes: [UInt8], compression: DataFile.Compression = .none) throws -> Bool {
        let scratch = try Scratch()
        return try SnapshotSeal.isIntact(OpenFile(reading: scratch.write("snapshot.1", bytes)), compression: compression)
    }

    @Test func aWholeSnapshotIsIntact() throws {
        #expect(try isIntact(SyntheticData.snapshot([UInt8](repeating: 7, count: 200_000))))
    }

    @Test func aSnapshotCutAnywhereIsNot() throws {
        let whole = SyntheticData.snapshot(Array(0...255))
        for length in 0..<whole.count { #expect(try !isIntact(Array(whole.prefix(length))), "cut at \(length)") }
    }

    @Test func aSnapshotWithAChangedByteIsNot() throws {
        let whole = SyntheticData.snapshot(Array(0...100))
        for position in whole.indices {
            var changed = whole
            changed[position] ^= 0x10
            #expect(try !isIntact(changed), "changed at \(position)")
        }
    }

    @Test func aCompressedSnapshotIsLookedInto() throws {
        let scratch = try Scratch()
        for (content, expected) in [(SyntheticData.snapshot(), true), ([1, 2, 3], false)] {
            let source = try scratch.write("plain", content)
            let pending = try PendingFile(at: "\(scratch.path)/snapshot.\(expected ? 1 : 2).gz")
            try Gzip.compress(OpenFile(reading: source), to: pending.file)
            try pending.publish()
            #expect(try SnapshotSeal.isIntact(OpenFile(reading: pending.path), compression: .gzip) == expected)
        }
        #expect(try !isIntact(SyntheticData.snapshot(), compression: .gzip))
    }
}
