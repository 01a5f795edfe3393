import Testing

@testable import EnsembleBackup

@Suite struct StoreCopyTests {
    private func fill(_ scratch: Scratch) throws {
        try SyntheticData.fill(scratch)
        let writer = StoreWriter(directory: scratch.path + "/store")
        for name in [
            "zookeeper/snapshot/version-2/snapshot.5", "zookeeper/transactions/version-2/log.1", "zookeeper/transactions/version-2/log.6",
        ] {
            try writer.store("\(scratch.path)/state/\(name)")
        }
        try scratch.write("out/keep", "")
    }

    @Test func theNewestSnapshotAndTheLogsAfterItBecomeAnArchive() async throws {
        let scratch = try Scratch()
        try fill(scratch)
        // Older versions and what is not ours do not count.
        try scratch.write("store/log.6/5", "older")
        try scratch.write("store/notes/1", "not ours")
        let target = scratch.path + "/b.tar.gz"
        let report = try await EnsembleBackup(layout: EnsembleLayout(stateDirectory: scratch.path + "/none"), target: target)
            .makeFromStore(scratch.path + "/store")
        #expect(report.summary?.snapshot?.name == "snapshot.5")
        #expect(report.summary?.logs.map(\.name) == ["log.1", "log.6"])
        #expect(report.summary?.last == Zxid(rawValue: 9))
        #expect(report.paths.contains("./zookeeper/transactions/version-2/log.6"))
    }

    @Test func aDamagedFileInTheStoreIsAnError() async throws {
        let scratch = try Scratch()
        try fill(scratch)
        try scratch.write("store/log.6/99999999999999", "not compressed")
        let backup = EnsembleBackup(layout: EnsembleLayout(stateDirectory: scratch.path + "/none"), target: scratch.path + "/out/b.tar.gz")
        await #expect(throws: BackupError.self) { try await backup.makeFromStore(scratch.path + "/store") }
        #expect(try Files.names(in: scratch.path + "/out") == ["keep"])
    }

    @Test func anEmptyStoreIsAnError() async throws {
        let scratch = try Scratch()
        try scratch.write("store/notes", "")
        let backup = EnsembleBackup(layout: EnsembleLayout(stateDirectory: scratch.path), target: scratch.path + "/b.tar.gz")
        await #expect(throws: BackupError.self) { try await backup.makeFromStore(scratch.path + "/store") }
        await #expect(throws: BackupError.self) { try await backup.makeFromStore(scratch.path + "/missing") }
    }
}
