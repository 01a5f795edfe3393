import Testing

@testable import EnsembleBackup

@Suite struct DataFileTests {
    @Test(arguments: ["log.1", "log.100000001", "snapshot.0", "snapshot.2000000ff", "snapshot.a.gz", "snapshot.a.snappy"])
    func namesOfDataFilesRoundTrip(name: String) {
        #expect(DataFile(name: name)?.name == name)
    }

    @Test(arguments: [
        "log", "log.", "log.x", "log.-1", "log.+1", "log.1.gz", "snapshot.", "snapshot.1.zip", "currentEpoch", "../log.1", "log.0x-1",
    ])
    func otherNamesAreNoDataFiles(name: String) {
        #expect(DataFile(name: name) == nil)
    }

    @Test func logsNeededAfterASnapshotBeginWithTheOneThatHoldsItsTransaction() {
        let files = ["log.1", "log.5", "log.10", "log.20", "snapshot.7"].compactMap(DataFile.init(name:))
        func needed(_ zxid: UInt64) -> [UInt64] { files.logs(neededAfter: Zxid(rawValue: zxid)).map(\.rawValue) }
        #expect(needed(7) == [5, 16, 32])
        #expect(needed(4) == [1, 5, 16, 32])
        #expect(needed(0) == [1, 5, 16, 32])
        #expect(needed(16) == [16, 32])
        #expect(needed(99) == [32])
    }
}
