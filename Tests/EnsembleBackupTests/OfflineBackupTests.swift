import FoundationEssentials
import Glibc
import Platform
import Testing

@testable import EnsembleBackup

@Suite struct OfflineBackupTests {
    @Test func anArchiveHoldsEverythingButWhatBelongsToTheHost() async throws {
        let scratch = try Scratch()
        try SyntheticData.fill(scratch)
        let target = scratch.path + "/backup.tar.gz"
        let report = try await EnsembleBackup(layout: EnsembleLayout(stateDirectory: scratch.path + "/state"), target: target).makeOffline()
        #expect(report.size == FileManager.default.contents(atPath: target)?.count)
        let unpacked = try await Program.shell(
            "mkdir \(scratch.path)/out && tar -xzf \(target) -C \(scratch.path)/out && tar -tzf \(target)")
        #expect(unpacked.output.split(separator: "\n").first == "./zookeeper/")
        var expected = Scratch.tree(scratch.path + "/state")
        expected["/zookeeper/snapshot/myid"] = nil
        expected["/zookeeper/transactions/zookeeper.out"] = nil
        #expect(Scratch.tree(scratch.path + "/out") == expected)
    }

    @Test func ownersAreKept() async throws {
        guard getuid() == 0 else { return }
        let scratch = try Scratch()
        try SyntheticData.fill(scratch)
        let log = scratch.path + "/state/zookeeper/transactions/version-2/log.1"
        #expect(chown(log, 4711, 4712) == 0)
        let target = scratch.path + "/backup.tar.gz"
        _ = try await EnsembleBackup(layout: EnsembleLayout(stateDirectory: scratch.path + "/state"), target: target).makeOffline()
        let listing = try await Program.shell("tar -tvzf \(target)")
        #expect(listing.output.contains("4711/4712"))
    }

    @Test func aRunningServerIsRefusedInTheWordsOfTheContract() async throws {
        let scratch = try Scratch()
        try SyntheticData.fill(scratch)
        // Any process that is alive counts.
        try scratch.write("state/zk.pid", "\(getpid())\n")
        let result = try await Program.run(
            Program.daemon, ["zk-backup", scratch.path + "/b.tar.gz", "--state-dir", scratch.path + "/state"])
        #expect(result == Program.Result(ending: "exited with code 1", output: "ZooKeeper must not be running. Aborting."))
        let restore = try await Program.run(
            Program.daemon, ["zk-restore", scratch.path + "/b.tar.gz", "--state-dir", scratch.path + "/state"])
        #expect(restore == result)
        #expect(Files.kind(scratch.path + "/b.tar.gz") == nil)
    }

    @Test func aTargetThatExistsOrHasNoDirectoryIsRefused() async throws {
        let scratch = try Scratch()
        try SyntheticData.fill(scratch)
        let layout = EnsembleLayout(stateDirectory: scratch.path + "/state")
        try scratch.write("there", "mine")
        await #expect(throws: BackupError.targetExists(path: scratch.path + "/there")) {
            try await EnsembleBackup(layout: layout, target: scratch.path + "/there").makeOffline()
        }
        await #expect(throws: BackupError.missingParent(path: scratch.path + "/no")) {
            try await EnsembleBackup(layout: layout, target: scratch.path + "/no/b.tar.gz").makeOffline()
        }
        #expect(FileManager.default.contents(atPath: scratch.path + "/there") == Data("mine".utf8))
    }

    @Test func beingKilledInTheMiddleLeavesNothing() async throws {
        let scratch = try Scratch()
        try SyntheticData.fill(scratch)
        // Takes seconds to compress.
        try scratch.writeNoise("state/zookeeper/transactions/version-2/big", count: 200_000_000)
        try scratch.write("out/keep", "")
        let null = try Files.open("/dev/null", O_WRONLY)
        let arguments = ["zk-backup", scratch.path + "/out/b.tar.gz", "--state-dir", scratch.path + "/state"]
        let process = try await Files.onThread {
            try ProcessLauncher.spawn(
                ProcessLauncher.Program(
                    path: Program.daemon, arguments: arguments, environment: ProcessEnvironment.current, output: null.descriptor))
        }
        let end = ContinuousClock.now + .seconds(60)
        // It has begun to write: its file is there, without a name.
        while try await Self.writtenBytes(of: process.pid, below: scratch.path + "/out") < 1_000_000 {
            try #require(process.exit == nil && ContinuousClock.now < end)
            try await Task.sleep(for: .milliseconds(5))
        }
        process.send(signal: SIGKILL)
        _ = await process.waitForExit()
        #expect(try Files.names(in: scratch.path + "/out").filter { !$0.hasPrefix(".") } == ["keep"])
    }

    private static func writtenBytes(of pid: Int32, below directory: String) async throws -> Int {
        try await Files.onThread {
            for name in (try? Files.names(in: "/proc/\(pid)/fd")) ?? [] {
                let path = "/proc/\(pid)/fd/\(name)"
                var buffer = [CChar](repeating: 0, count: 4096)
                let length = readlink(path, &buffer, buffer.count)
                guard length > 0 else { continue }
                let target = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
                guard target.hasPrefix(directory) else { continue }
                var information = stat()
                if stat(path, &information) == 0 { return information.st_size }
            }
            return 0
        }
    }

    @Test func aFullDiskIsAnErrorAndLeavesNothing() async throws {
        let scratch = try Scratch()
        try SyntheticData.fill(scratch)
        try scratch.writeNoise("state/zookeeper/transactions/version-2/big", count: 2_000_000)
        try scratch.write("small/x", "")
        let result = try await Program.shell(
            """
            unshare -m true 2>/dev/null || { echo not permitted; exit 0; }
            exec unshare -m sh -c 'mount -t tmpfs -o size=512k none \(scratch.path)/small || { echo not permitted; exit 0; }
                \(Program.daemon) zk-backup \(scratch.path)/small/b.tar.gz --state-dir \(scratch.path)/state; echo "status $?"
                ls -A \(scratch.path)/small; echo end'
            """)
        guard !result.output.contains("not permitted") else {
            print("skipped: mounts are not permitted here")
            return
        }
        #expect(result.output.contains("No space left on device"), "\(result.output)")
        #expect(result.output.hasSuffix("status 1\nend\n"), "\(result.output)")
    }
}
