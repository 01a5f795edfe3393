import FoundationEssentials
import Glibc
import Testing

@testable import EnsembleBackup

@Suite struct PendingFileTests {
    @Test func nothingIsThereBeforeItIsPublished() throws {
        let scratch = try Scratch()
        do {
            let pending = try PendingFile(at: scratch.path + "/result")
            try Array("half".utf8).withUnsafeBytes { try pending.file.write($0) }
            #expect(try Files.names(in: scratch.path).filter { !$0.hasPrefix(".") }.isEmpty)
        }
        #expect(scratch.tree.isEmpty)
    }

    @Test func itAppearsWhole() throws {
        let scratch = try Scratch()
        let pending = try PendingFile(at: scratch.path + "/result")
        try Array("whole".utf8).withUnsafeBytes { try pending.file.write($0) }
        try pending.publish()
        #expect(scratch.tree == ["/result": Array("whole".utf8)])
    }

    @Test func aFileThatIsThereIsNotReplaced() throws {
        let scratch = try Scratch()
        let pending = try PendingFile(at: scratch.path + "/result")
        try scratch.write("result", "older")
        #expect(throws: BackupError.targetExists(path: scratch.path + "/result")) { try pending.publish() }
        #expect(scratch.tree == ["/result": Array("older".utf8)])
    }

    @Test func leftoversOfTheDeadAreRemovedAndThoseOfTheLivingNot() throws {
        let scratch = try Scratch()
        try scratch.write(".result.partial-abc", "half")
        try scratch.write("other", "kept")
        let now = Int64(time(nil)) * 1000
        try PendingFile.removeLeftovers(in: scratch.path, before: now - 3_600_000)
        #expect(scratch.tree.count == 2)
        try PendingFile.removeLeftovers(in: scratch.path, before: now + 60_000)
        #expect(scratch.tree.keys.sorted() == ["/other"])
    }
}
