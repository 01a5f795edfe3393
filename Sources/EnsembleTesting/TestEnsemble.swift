import EnsembleModel
import Platform
import Exhibitor
import FoundationEssentials
import Glibc

/// A real ZooKeeper ensemble for tests, started through Exhibitor's own launcher.
///
/// Every ensemble has loopback addresses of its own, so any number of them run side by side, each on the production
/// ports. Servers do not come back by themselves: `kill` leaves them dead until `restart`. They are killed by the kernel
/// when the test process ends, however it ends.
///
/// Ticks are 500 ms: sessions may last from 1 s to 10 s.
public actor TestEnsemble {
    public enum Failure: Error, CustomStringConvertible {
        case notServing(server: String, after: Duration, log: String)
        case noLeader(after: Duration)
        case noFreeAddress

        public var description: String {
            switch self {
            case .notServing(let server, let duration, let log):
                "ZooKeeper server \(server) did not serve within \(duration); the end of its log:\n\(log)"
            case .noLeader(let duration): "the ensemble has no leader after \(duration)"
            case .noFreeAddress: "no block of loopback addresses is free for a test ensemble"
            }
        }
    }

    /// `host:port` of every server.
    public nonisolated let servers: [String]
    /// All servers, as a ZooKeeper client wants them: `h1:p1,h2:p2`.
    public nonisolated var connectString: String { servers.joined(separator: ",") }
    /// Where the servers keep their files; removed by `stop()`.
    public nonisolated let directory: String
    /// What each server was first started with, by index.
    public nonisolated let settings: [ZooKeeperSettings]
    /// What a client connected to each server, by index, says to pass every ACL. Every server has its own.
    public nonisolated let superCredentials: [SuperCredentials]

    private let reservation: AddressReservation
    /// What each server is started with next.
    private var current: [ZooKeeperSettings]
    private var processes: [ProcessHandle?]

    private init(settings: [ZooKeeperSettings], superCredentials: [SuperCredentials], directory: String, reservation: AddressReservation) {
        self.settings = settings
        self.superCredentials = superCredentials
        self.directory = directory
        self.reservation = reservation
        current = settings
        servers = settings.map { "\($0.hostname):\($0.clientPort)" }
        processes = settings.map { _ in nil }
    }

    // MARK: - Life

    /// Starts the servers and waits until all of them serve.
    /// - Parameters:
    ///   - count: 1 (standalone), 3, 5.
    ///   - heapMegabytes: of each JVM.
    ///   - extraLines: further lines of `zoo.cfg`; they win over the defaults.
    ///   - superCredentials: of the server with an index; by default each has random ones.
    ///   - adjust: changes the settings of a server before it is started.
    ///   - deadline: for all of them together.
    public static func start(
        servers count: Int = 1, heapMegabytes: Int = 160, extraLines: [ConfigurationLine] = [],
        superCredentials: (Int) -> SuperCredentials = { _ in .generate() },
        adjust: (inout ZooKeeperSettings) async throws -> Void = { _ in }, deadline: Duration = .seconds(60)
    ) async throws -> TestEnsemble {
        let (reservation, directory) = try await ServerThread.run {
            TestDirectory.sweep()
            return (try AddressReservation.take(), try TestDirectory.make())
        }
        let list = ServerList((1...count).map { ServerSpec(id: $0, hostname: reservation.address($0)) })
        let credentials = list.servers.indices.map(superCredentials)
        var settings: [ZooKeeperSettings] = []
        for (server, credentials) in zip(list.servers, credentials) {
            var own = Self.settings(
                of: server, in: list, directory: directory, heapMegabytes: heapMegabytes, extraLines: extraLines)
            own.accept(credentials)
            try await adjust(&own)
            settings.append(own)
        }
        let ensemble = TestEnsemble(
            settings: settings, superCredentials: credentials, directory: directory, reservation: reservation)
        do {
            for index in settings.indices { try await ensemble.launch(index) }
            try await ensemble.waitUntilServing(deadline: deadline)
        } catch {
            await ensemble.stop()
            throw error
        }
        return ensemble
    }

    /// Runs `body` with an ensemble that is stopped and cleaned up afterwards, also when `body` throws.
    public static func withEnsemble<Result: Sendable>(
        servers count: Int = 1, heapMegabytes: Int = 160, extraLines: [ConfigurationLine] = [],
        superCredentials: (Int) -> SuperCredentials = { _ in .generate() },
        adjust: (inout ZooKeeperSettings) async throws -> Void = { _ in }, _ body: (TestEnsemble) async throws -> Result
    ) async throws -> Result {
        let ensemble = try await start(
            servers: count, heapMegabytes: heapMegabytes, extraLines: extraLines, superCredentials: superCredentials,
            adjust: adjust)
        do {
            let result = try await body(ensemble)
            await ensemble.stop()
            return result
        } catch {
            await ensemble.stop()
            throw error
        }
    }

    /// Kills all servers, waits until they are gone and removes their files.
    public func stop() async {
        let running = processes.compactMap { $0 }
        processes = processes.map { _ in nil }
        for process in running { process.send(signal: SIGKILL) }
        for process in running { _ = await process.waitForExit() }
        // A manager under test may have started others in their place.
        for settings in settings {
            let launcher = ServerLauncher(settings: settings)
            guard let other = try? await ServerThread.run({ launcher.findRunning() }) else { continue }
            other.send(signal: SIGKILL)
            _ = await other.waitForExit()
        }
        let directory = directory
        _ = try? await ServerThread.run { try FileManager.default.removeItem(atPath: directory) }
        reservation.release()
    }

    // MARK: - Faults

    /// SIGKILL; returns when the server is gone. It stays dead until `restart`.
    public func kill(serverIndex: Int) async {
        guard let process = processes[serverIndex] else { return }
        processes[serverIndex] = nil
        process.send(signal: SIGKILL)
        _ = await process.waitForExit()
    }

    /// SIGSTOP: the server keeps its connections and answers nothing.
    public func pause(serverIndex: Int) {
        processes[serverIndex]?.send(signal: SIGSTOP)
    }

    /// SIGCONT.
    public func resume(serverIndex: Int) {
        processes[serverIndex]?.send(signal: SIGCONT)
    }

    /// Kills the server if it runs, starts it with the data it had and waits until it serves.
    ///
    /// A server without a quorum cannot serve: pass `waits: false` to start several of a lost majority.
    /// - adjust: changes the settings of the server from now on.
    public func restart(
        serverIndex: Int, waits: Bool = true, deadline: Duration = .seconds(60),
        adjust: @Sendable (inout ZooKeeperSettings) -> Void = { _ in }
    ) async throws {
        await kill(serverIndex: serverIndex)
        adjust(&current[serverIndex])
        try await launch(serverIndex)
        if waits { try await waitUntilServing(serverIndex, until: ContinuousClock.now + deadline, deadline: deadline) }
    }

    // MARK: - Questions

    /// The process id of a server; nil when it is dead.
    public func processID(serverIndex: Int) -> Int32? { processes[serverIndex]?.pid }

    /// The index of the server that leads (or is the only one), waiting for an election to end.
    public func leaderIndex(deadline: Duration = .seconds(30)) async throws -> Int {
        let end = ContinuousClock.now + deadline
        while true {
            for index in processes.indices where processes[index] != nil {
                if case .serving(let mode) = await probe(index), mode == .leader || mode == .standalone { return index }
            }
            guard ContinuousClock.now < end else { throw Failure.noLeader(after: deadline) }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// What a server says about itself.
    public func probe(_ serverIndex: Int) async -> ProbeResult {
        await client(serverIndex).probe(timeout: .seconds(1))
    }

    /// The raw answer to a four-letter word (`mntr`, `dump`, …).
    public func ask(_ word: String, serverIndex: Int) async throws -> String {
        try await client(serverIndex).ask(word, timeout: .seconds(5))
    }

    /// Returns when every server that was not killed serves.
    public func waitUntilServing(deadline: Duration = .seconds(60)) async throws {
        let end = ContinuousClock.now + deadline
        for index in processes.indices where processes[index] != nil {
            try await waitUntilServing(index, until: end, deadline: deadline)
        }
    }

    // MARK: -

    private nonisolated func client(_ index: Int) -> FourLetterClient {
        FourLetterClient(host: settings[index].hostname, port: settings[index].clientPort)
    }

    private func launch(_ index: Int) async throws {
        let launcher = ServerLauncher(settings: current[index], lifetime: .boundToThread)
        processes[index] = try await ServerThread.run { try launcher.start() }
    }

    private func waitUntilServing(_ index: Int, until end: ContinuousClock.Instant, deadline: Duration) async throws {
        while true {
            if case .serving = await probe(index) { return }
            let exit = processes[index]?.exit
            guard exit == nil, ContinuousClock.now < end else {
                let log = await logTail(index)
                throw Failure.notServing(
                    server: servers[index], after: deadline,
                    log: (exit.map { "(it \($0))\n" } ?? "") + log)
            }
            try await Task.sleep(for: .milliseconds(30))
        }
    }

    private func logTail(_ index: Int) async -> String {
        let directory = settings[index].logDirectory
        let text = try? await ServerThread.run {
            ["zookeeper.out", "zookeeper.log"].compactMap { try? String(contentsOfFile: directory + "/" + $0, encoding: .utf8) }
                .joined(separator: "\n")
        }
        return String((text ?? "").suffix(3000))
    }

    private static func settings(
        of server: ServerSpec, in list: ServerList, directory: String, heapMegabytes: Int, extraLines: [ConfigurationLine]
    ) -> ZooKeeperSettings {
        let home = "\(directory)/\(server.id)"
        let own = [
            ConfigurationLine("tickTime", "500"), ConfigurationLine("initLimit", "20"), ConfigurationLine("syncLimit", "10"),
            ConfigurationLine("maxClientCnxns", "0"), ConfigurationLine("admin.enableServer", "false"),
            ConfigurationLine("preAllocSize", "1024"),
        ]
        let chosen = Set(extraLines.map(\.key))
        return ZooKeeperSettings(
            dataDirectory: home + "/zookeeper/snapshot", logDirectory: home + "/zookeeper/transactions", configDirectory: home + "/conf",
            pidPath: home + "/zk.pid", servers: list, hostname: server.hostname, clientAddress: server.hostname,
            adminAddress: server.hostname, extraLines: own.filter { !chosen.contains($0.key) } + extraLines,
            heapMegabytes: heapMegabytes,
            // Quick to start and small: these servers live for seconds.
            jvmFlags: [
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Dzookeeper.forceSync=no",
                "-Dzookeeper.electionPortBindRetry=20",
            ])
    }
}
