import FoundationEssentials
import Glibc
import Testing

@testable import EnsembleBackup

@Suite struct RestoreTests {
    /// A state directory with data, and an archive of other data.
    private static func prepared() async throws -> (scratch: Scratch, layout: EnsembleLayout, archive: String) {
        let scratch = try Scratch()
        try SyntheticData.fill(scratch, state: "other")
        try scratch.write("other/zookeeper/transactions/version-2/log.a", SyntheticData.log([10, 11]))
        let archive = scratch.path + "/backup.tar.gz"
        _ = try await EnsembleBackup(layout: EnsembleLayout(stateDirectory: scratch.path + "/other"), target: archive).makeOffline()
        try SyntheticData.fill(scratch)
        return (scratch, EnsembleLayout(stateDirectory: scratch.path + "/state"), archive)
    }

    @Test func theDataOfTheArchiveTakeThePlaceOfTheOldWhichAreKept() async throws {
        let (scratch, layout, archive) = try await Self.prepared()
        let before = Scratch.tree(layout.ensembleDirectory)
        let report = try await EnsembleRestore(layout: layout, archive: archive).run()
        #expect(report.summary.last == Zxid(rawValue: 11))
        #expect(report.summary.snapshot?.name == "snapshot.5")
        let previous = try #require(report.previous)
        #expect(Scratch.tree(previous) == before)
        var expected = Scratch.tree(scratch.path + "/other/zookeeper")
        expected["/transactions/zookeeper.out"] = nil
        // The identity of the host stays.
        #expect(Scratch.tree(layout.ensembleDirectory) == expected)
        #expect(Set(try Files.names(in: layout.stateDirectory)) == ["zookeeper", Files.name(of: previous)])
    }

    @Test func aHostWithoutDataGetsThem() async throws {
        let (scratch, _, archive) = try await Self.prepared()
        try scratch.write("fresh/conf/log4j.properties", "")
        let layout = EnsembleLayout(stateDirectory: scratch.path + "/fresh")
        let report = try await EnsembleRestore(layout: layout, archive: archive).run()
        #expect(report.previous == nil)
        #expect(Set(try Files.names(in: layout.stateDirectory)) == ["conf", "zookeeper"])
        #expect(Files.kind(layout.logs + "/log.a") == .file)
        #expect(Files.kind(layout.dataDirectory + "/myid") == nil)
    }

    /// Archives that must not be unpacked; each is made by a shell line in `$W` as `$W/bad.tar.gz`.
    @Test(arguments: [
        "head -c 4000 /dev/urandom > bad.tar.gz",
        ": > bad.tar.gz",
        "head -c $(($(stat -c %s backup.tar.gz) / 2)) backup.tar.gz > bad.tar.gz",
        "(head -c 200 backup.tar.gz; head -c 20 /dev/urandom; tail -c +221 backup.tar.gz) > bad.tar.gz",
        "gunzip < backup.tar.gz > bad.tar.gz",
        "mkdir -p x/zookeeper; echo a > x/zookeeper/readme; tar -C x -czf bad.tar.gz ./zookeeper",
        "mkdir -p x/conf; echo a > x/conf/zoo.cfg; tar -C x -czf bad.tar.gz ./conf",
        "cp -r other x; ln -s /etc x/zookeeper/etc; tar -C x -czf bad.tar.gz ./zookeeper",
        "cp -r other x; ln x/zookeeper/snapshot/version-2/snapshot.5 x/zookeeper/hard; tar -C x -czf bad.tar.gz ./zookeeper",
        "cp -r other x; mkfifo x/zookeeper/pipe; tar -C x -czf bad.tar.gz ./zookeeper",
        "cp -r other x; touch x/escaped; mkdir x/y; tar -C x/y -P -czf bad.tar.gz ../zookeeper ../escaped",
        "tar -P -czf bad.tar.gz $PWD/other/zookeeper",
        "cp -r other x; echo broken > x/zookeeper/snapshot/version-2/snapshot.5; rm x/zookeeper/transactions/version-2/log.1; tar -C x -czf bad.tar.gz ./zookeeper",
    ])
    func aBadArchiveIsRefusedAndChangesNothing(recipe: String) async throws {
        let (scratch, layout, _) = try await Self.prepared()
        let made = try await Program.shell("cd \(scratch.path) && { \(recipe); }")
        #expect(made.ending == "exited with code 0", "\(made.output)")
        let before = Scratch.tree(layout.stateDirectory)
        await #expect(throws: BackupError.self) {
            try await EnsembleRestore(layout: layout, archive: scratch.path + "/bad.tar.gz").run()
        }
        let isUnchanged = Scratch.tree(layout.stateDirectory) == before
        #expect(isUnchanged)
        #expect(Files.kind(scratch.path + "/escaped") == nil)
    }

    @Test func noArchiveAtAllIsAnError() async throws {
        let (scratch, layout, _) = try await Self.prepared()
        for archive in [scratch.path + "/missing", scratch.path] {
            await #expect(throws: BackupError.self) { try await EnsembleRestore(layout: layout, archive: archive).run() }
        }
    }

    @Test func aDiskThatIsTooSmallIsToldBeforeAnythingIsUnpacked() async throws {
        let (scratch, _, _) = try await Self.prepared()
        let result = try await Program.shell(
            """
            unshare -m true 2>/dev/null || { echo not permitted; exit 0; }
            head -c 3000000 /dev/zero > \(scratch.path)/other/zookeeper/transactions/version-2/zeros
            tar -C \(scratch.path)/other -czf \(scratch.path)/large.tar.gz ./zookeeper
            mkdir \(scratch.path)/small
            exec unshare -m sh -c 'mount -t tmpfs -o size=1m none \(scratch.path)/small || { echo not permitted; exit 0; }
                cp -r \(scratch.path)/state/. \(scratch.path)/small
                \(Program.daemon) zk-restore \(scratch.path)/large.tar.gz --state-dir \(scratch.path)/small; echo "status $?"
                ls -A \(scratch.path)/small; diff -r \(scratch.path)/state \(scratch.path)/small && echo unchanged'
            """)
        guard !result.output.contains("not permitted") else {
            print("skipped: mounts are not permitted here")
            return
        }
        #expect(result.output.contains("Not enough space"), "\(result.output)")
        #expect(result.output.hasSuffix("status 1\nzookeeper\nunchanged\n"), "\(result.output)")
    }

    /// Wherever a restore dies, the data in place are the old ones or the new ones, whole.
    @Test func beingKilledAnywhereLeavesOldOrNewDataInPlace() async throws {
        let (scratch, layout, archive) = try await Self.prepared()
        var expected = Scratch.tree(scratch.path + "/other/zookeeper")
        expected["/transactions/zookeeper.out"] = nil
        let old = Scratch.tree(layout.ensembleDirectory)
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<10 {
            let pause = Double.random(in: 0...0.15, using: &random)
            let killed = try await Program.shell(
                """
                \(Program.daemon) zk-restore \(archive) --state-dir \(layout.stateDirectory) & child=$!
                sleep \(pause); kill -9 $child 2>/dev/null; wait $child 2>/dev/null; true
                """)
            #expect(killed.ending == "exited with code 0")
            let now = Scratch.tree(layout.ensembleDirectory)
            #expect(now == old || now == expected, "seed \(seed)")
        }
        // What the dead left does not stand in the way.
        _ = try await EnsembleRestore(layout: layout, archive: archive).run()
        #expect(Scratch.tree(layout.ensembleDirectory) == expected)
    }
}
