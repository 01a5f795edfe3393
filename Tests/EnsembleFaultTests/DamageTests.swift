import FoundationEssentials
import Glibc
import Testing

extension EnsembleFaultTests {
    @Suite("heals the damage of one host")
    struct DamageTests {
        enum Damage: String, CaseIterable, CustomTestStringConvertible {
            case configuration = "zoo.cfg", identity = "myid", dynamicFile = "the dynamic file", snapshot = "all snapshots",
                logTail = "the tail of the log", log = "all logs"
            var testDescription: String { rawValue }

            /// The server cannot start with what is left.
            var spoilsData: Bool { self == .snapshot || self == .log }
        }

        @Test("whose files are overwritten with rubbish while its server is down", arguments: Damage.allCases)
        func rubbish(_ damage: Damage) async throws {
            try await NetworkedEnsemble.withEnsemble { ensemble in
                let host = try await ensemble.leader(among: [1, 2, 3]) % 3 + 1
                let healthy = [1, 2, 3].filter { $0 != host }
                let before = ensemble.serverPIDs(healthy)
                try await ensemble.whileWriting(to: [1, 2, 3]) { writer in
                    try await writer.waitForProgress(500)
                    if damage == .snapshot { try await ensemble.makeSnapshot(host) }
                    await ensemble.powerOff([host])
                    try ensemble.damage(damage, host)
                    try await ensemble.powerOn(host)
                    try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(60))
                }
                #expect(ensemble.serverPIDs(healthy) == before)
                if damage.spoilsData { #expect(!ensemble.dataSetAside(host).isEmpty, "the damaged data is kept") }
                #expect(
                    String(decoding: FileManager.default.contents(atPath: ensemble.dataDirectory(host) + "/myid") ?? Data(), as: UTF8.self)
                        == "\(host)\n")
            }
        }

        @Test("whose disk is full, until there is room again")
        func fullDisk() async throws {
            try await NetworkedEnsemble.withHosts(3) { ensemble in
                try FileManager.default.createDirectory(atPath: ensemble.stateDirectory(3), withIntermediateDirectories: true)
                try await Command.shell("mount -t tmpfs -o size=48m efault \(ensemble.stateDirectory(3))")
                for host in 1...3 { try await ensemble.powerOn(host) }
                try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(90))
                let before = ensemble.serverPIDs([1, 2])
                try await ensemble.whileWriting(to: [1, 2, 3]) { writer in
                    let filler = ensemble.stateDirectory(3) + "/filler"
                    try await Command.shell("dd if=/dev/zero of=\(filler) bs=64k 2>/dev/null || true")
                    try await eventually("the server of the full disk fails", within: .seconds(40)) {
                        await ensemble.state(3).map { $0.state != HostStatus.serving } ?? false
                    }
                    try await writer.waitForProgress(500)
                    #expect(ensemble.serverPIDs([1, 2]) == before)
                    unlink(filler)
                    try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(90))
                }
            }
        }

        @Test(
            "whose clock jumps by an hour", .enabled(if: FakeClock.isInstalled, "needs libfaketime"),
            arguments: LongRun.isWanted ? [3600, -3600] : [3600])
        func clockJump(seconds: Int) async throws {
            try await NetworkedEnsemble.withHosts(3) { ensemble in
                try FakeClock.set(ensemble.root.clock(2), ahead: 0)
                await ensemble.fakeClock(2)
                for host in 1...3 { try await ensemble.powerOn(host) }
                try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(90))
                let before = ensemble.serverPIDs([1, 2, 3])
                let list = await ensemble.config(1)?.serversSpec
                try await ensemble.whileWriting(to: [1, 2, 3]) { writer in
                    try FakeClock.set(ensemble.root.clock(2), ahead: seconds)
                    // They look at the clocks once a minute.
                    try await eventually("the others warn of the clock", within: .seconds(80)) {
                        let warnings: [HostWarning] = await ensemble.get("cluster/warnings", 1) ?? []
                        return warnings.contains { $0.kind == "clock-skew" && $0.text.contains(ensemble.address(2)) }
                    }
                    try await writer.waitForProgress(1000)
                    try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(20))
                    #expect(ensemble.serverPIDs([1, 2, 3]) == before)
                    // The lock of the shared configuration is told by times of files: it must still be had.
                    let result = try await ensemble.order("config/set", 2, ["cleanupMaxFiles": "7"])
                    #expect(result.succeeded, "\(result.message)")
                    let other = try await ensemble.order("config/set", 1, ["cleanupMaxFiles": "8"])
                    #expect(other.succeeded, "\(other.message)")
                    try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(20))
                }
                #expect(await ensemble.config(1)?.serversSpec == list)
            }
        }
    }
}

extension NetworkedEnsemble {
    private static let rubbish = Array((0..<400).map { UInt8(truncatingIfNeeded: $0 * 7 + 13) })

    private nonisolated func files(_ directory: String, _ prefix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasPrefix(prefix) }.sorted().map { directory + "/" + $0 }
    }

    /// A restart makes one: at the start of a server its data is written out.
    nonisolated func makeSnapshot(_ host: Int) async throws {
        let pid = serverPID(host)
        try signalServer(host, SIGKILL)
        try await waitForServer(host, otherThan: pid)
        try await waitUntil(host, code: 3, within: .seconds(30))
    }

    nonisolated func dataSetAside(_ host: Int) -> [String] {
        [dataDirectory(host), logDirectory(host)].flatMap { (try? files($0, "version-2.damaged-")) ?? [] }
    }

    nonisolated func damage(_ damage: EnsembleFaultTests.DamageTests.Damage, _ host: Int) throws {
        let (snapshots, logs) = (dataDirectory(host) + "/version-2", logDirectory(host) + "/version-2")
        switch damage {
        case .configuration: try overwrite(configDirectory(host) + "/zoo.cfg")
        case .identity: try overwrite(dataDirectory(host) + "/myid")
        case .dynamicFile: for file in try files(configDirectory(host), "zoo.cfg.dynamic") { try overwrite(file) }
        case .snapshot:
            let found = try files(snapshots, "snapshot.")
            guard !found.isEmpty else { throw Failure(description: "there is no snapshot in \(snapshots)") }
            for file in found { try overwrite(file) }
        case .log: for file in try files(logs, "log.") { try overwrite(file) }
        case .logTail:
            guard let last = try files(logs, "log.").max(by: { Self.zxid($0) < Self.zxid($1) }) else {
                throw Failure(description: "there is no log in \(logs)")
            }
            try tearTail(last)
        }
    }

    private static func zxid(_ path: String) -> UInt64 { path.split(separator: ".").last.flatMap { UInt64($0, radix: 16) } ?? 0 }

    private nonisolated func overwrite(_ path: String) throws { try Data(Self.rubbish).write(to: URL(filePath: path)) }

    /// As after a torn write: the last records are rubbish, the length is what it was.
    private nonisolated func tearTail(_ path: String) throws {
        guard var bytes = FileManager.default.contents(atPath: path).map({ [UInt8]($0) }), let end = bytes.lastIndex(where: { $0 != 0 })
        else { return }
        for index in max(0, end - 150)...end { bytes[index] = 0xA5 }
        try Data(bytes).write(to: URL(filePath: path))
    }
}
