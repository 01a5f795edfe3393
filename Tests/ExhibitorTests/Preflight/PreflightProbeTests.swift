import EnsembleTesting
import FoundationEssentials
import Glibc
import Logging
import Testing

@testable import Exhibitor

@Suite struct PreflightProbeTests {
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let path = "\(FileManager.default.temporaryDirectory.path)/preflight-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test(
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Tue, 24 Nov 2026 10:20:07 GMT", 1_795_515_607),
            ("Tue, 29 Feb 2028 23:59:59 GMT", 1_835_481_599),
        ] as [(String, Int?)]
            + ["", "Tue, 24 Nov 2026 10:20 GMT", "2026-11-24T10:20:07Z", "Tue, 24 Foo 2026 10:20:07 GMT"].map { ($0, nil) })
    func readsTheDateOfAHeader(text: String, seconds: Int?) {
        #expect(HTTPDate.seconds(text) == seconds)
    }

    @Test func measuresADiskAndLeavesNothingBehind() throws {
        try withDirectory { directory in
            let disk = try #require(DiskProbe.measure(directory))
            guard case .took(let durations) = disk.sync else {
                Issue.record("\(disk)")
                return
            }
            #expect(durations.count == 5)
            #expect(disk.free ?? 0 > 0 && disk.total ?? 0 >= disk.free ?? 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
            #expect(DiskProbe.measure(directory + "/none") == nil)
        }
    }

    @Test func findsWhereAServerComplainedOfItsDisk() throws {
        let line =
            "2026-11-24 10:38:40,655 [myid:1] - WARN  [SyncThread:1:FileTxnLog@406] - fsync-ing the write ahead log in SyncThread:1 took 1234ms "
            + "which will adversely effect operation latency. File size is 67108880 bytes."
        #expect(SlowSyncLog.duration(in: line) == .milliseconds(1234))
        #expect(SlowSyncLog.duration(in: "it took 12ms") == nil)
        try withDirectory { directory in
            let path = directory + "/zookeeper.log"
            func append(_ text: String) throws {
                try FileAccess.write((FileAccess.text(path) ?? "") + text, to: path)
            }
            var log = SlowSyncLog()
            log.follow(path, at: .zero)
            try append(line + "\n")
            // Complaints from before the first look are old news.
            var late = SlowSyncLog()
            late.follow(path, at: .zero)
            #expect(late.recent.isEmpty)
            try append("something else\n\(line)\n")
            // The file was replaced, as when it rolls.
            late.follow(path, at: .seconds(60))
            #expect(late.recent.count == 2)
            late.follow(path, at: .seconds(120))
            #expect(late.recent.count == 2)
            late.follow(path, at: .seconds(60) + SlowSyncLog.memory + .seconds(1))
            #expect(late.recent.isEmpty)
        }
    }

    @Test func tellsAnOpenPortFromARefusedOne() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            let settings = ensemble.settings[0]
            #expect(await PortProbe.probe(settings.hostname, settings.clientPort) == .open)
            #expect(await PortProbe.probe(settings.hostname, settings.electionPort) == .refused)
            guard case .failed = await PortProbe.probe("no-such-host.invalid", 2181) else {
                Issue.record("a name that does not exist was found")
                return
            }
        }
    }
}
