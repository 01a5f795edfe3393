import Testing

@testable import EnsembleBackup

@Suite struct ArchiveContentsTests {
    private static let good = """
        drwxr-xr-x root/root         0 2026-01-01 12:00 ./zookeeper/
        -rw-r--r-- root/root       457 2026-01-01 12:00 ./zookeeper/snapshot/version-2/snapshot.0
        -rw-r--r-- 1000/1000 99 2026-01-01 12:00 zookeeper/transactions/version-2/log.1
        """

    private func reason(_ line: String) -> String? {
        do {
            _ = try ArchiveContents(listing: Self.good + "\n" + line)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func aBackupIsAccepted() throws {
        let contents = try ArchiveContents(listing: Self.good)
        #expect(contents.files == 2)
        #expect(contents.size == 556)
        #expect(
            contents.entries.map(\.path) == [
                "zookeeper", "zookeeper/snapshot/version-2/snapshot.0", "zookeeper/transactions/version-2/log.1",
            ])
    }

    @Test(arguments: [
        "-rw-r--r-- root/root 1 2026-01-01 12:00 /etc/passwd",
        "-rw-r--r-- root/root 1 2026-01-01 12:00 ./zookeeper/../../etc/passwd",
        "-rw-r--r-- root/root 1 2026-01-01 12:00 ../zookeeper/a",
        "-rw-r--r-- root/root 1 2026-01-01 12:00 ./conf/zoo.cfg",
        "-rw-r--r-- root/root 1 2026-01-01 12:00 ./zookeeper2/a",
        "lrwxrwxrwx root/root 0 2026-01-01 12:00 ./zookeeper/a -> /etc",
        "hrw-r--r-- root/root 0 2026-01-01 12:00 ./zookeeper/a link to /etc/passwd",
        "crw-r--r-- root/root 1,3 2026-01-01 12:00 ./zookeeper/null",
        "-rw-r--r-- root/root x 2026-01-01 12:00 ./zookeeper/a",
        "garbage",
    ])
    func whatMustNotBeUnpackedIsRefused(line: String) {
        #expect(reason(line) != nil)
    }

    @Test func anArchiveWithoutDataIsRefused() {
        #expect(throws: ArchiveContents.Unusable.self) { try ArchiveContents(listing: "") }
        #expect(throws: ArchiveContents.Unusable.self) {
            try ArchiveContents(listing: "-rw-r--r-- root/root 457 2026-01-01 12:00 ./zookeeper/notes.txt")
        }
    }
}
