import AsyncHTTPClient
import FoundationEssentials
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import Platform

/// An ensemble of hosts, each a network namespace with the real `dcosd exhibitor` and its ZooKeeper server, on the
/// production ports, with a disk of its own and a directory that all share.
///
/// Nothing comes back by itself but what Exhibitor brings back: that is what is tested. Ticks are 500 ms.
actor NetworkedEnsemble {
    enum Store: Sendable {
        /// A file in the shared directory; the first list is written by automatic instance management, or by the test.
        case file(isManaged: Bool)
        /// The list of these hosts on the command line.
        case fixed([Int])
    }

    static let lines = ["tickTime": "500", "initLimit": "40", "syncLimit": "6", "maxClientCnxns": "0"]

    nonisolated let network: TestNetwork
    nonisolated let root: TestRoot
    nonisolated let store: Store
    nonisolated let program: String
    nonisolated let http = HTTPClient(
        eventLoopGroupProvider: .singleton,
        configuration: .init(redirectConfiguration: .disallow, timeout: .init(connect: .seconds(2))))
    nonisolated let logger = Logger(label: "faults") { _ in SwiftLogNoOpLogHandler() }
    private let size: Int
    private var exhibitors: [Int: ProcessHandle] = [:]
    /// Hosts whose clock can be turned.
    private var fakedClocks: Set<Int> = []

    private init(network: TestNetwork, root: TestRoot, store: Store, size: Int, program: String) {
        self.network = network
        self.root = root
        self.store = store
        self.size = size
        self.program = program
    }

    // MARK: - Life

    /// Runs the body with hosts `1...hosts`, all of them off; ends everything afterwards, also when the body throws.
    /// - size: of the ensemble that automatic management makes.
    static func withHosts(
        _ hosts: Int, size: Int = 3, store: Store = .file(isManaged: true), _ body: (NetworkedEnsemble) async throws -> Void
    ) async throws {
        await TestRoot.sweep()
        await TestNetwork.sweep()
        // Where the test program lies, the others do.
        let program = "/" + ProgramPath.current.split(separator: "/").dropLast().joined(separator: "/") + "/dcosd"
        guard access(program, X_OK) == 0 else { throw Failure(description: "\(program) is missing: build the product dcosd") }
        let root = try TestRoot.make()
        let network: TestNetwork
        do {
            network = try await TestNetwork.make(hosts: 1...hosts)
        } catch {
            await root.remove()
            throw error
        }
        let ensemble = NetworkedEnsemble(network: network, root: root, store: store, size: size, program: program)
        var failure: (any Error)?
        do {
            try ensemble.writeDefaults()
            try await body(ensemble)
        } catch {
            failure = Failure(description: "\(error)\n\(await ensemble.report())")
        }
        await root.remove(keepsFiles: failure != nil && ProcessEnvironment.current["KEEP_FAULT_FILES"] != nil)
        await network.remove()
        try await ensemble.http.shutdown()
        if let failure { throw failure }
    }

    /// Runs the body with an ensemble that serves: hosts `1...members` of `hosts`.
    static func withEnsemble(
        members: Int = 3, hosts: Int? = nil, store: Store = .file(isManaged: true), _ body: (NetworkedEnsemble) async throws -> Void
    ) async throws {
        try await withHosts(hosts ?? members, size: members, store: store) { ensemble in
            for host in 1...members { try await ensemble.powerOn(host) }
            try await ensemble.waitUntilConverged(Array(1...members), within: .seconds(90))
            try await body(ensemble)
        }
    }

    private nonisolated func writeDefaults() throws {
        guard case .file(let isManaged) = store else { return }
        let lines = Self.lines.sorted { $0.key < $1.key }.map { "\($0.key)\\=\($0.value)" }.joined(separator: "&")
        let text = """
            auto-manage-instances=\(isManaged ? 1 : 0)
            auto-manage-instances-settling-period-ms=0
            auto-manage-instances-fixed-ensemble-size=\(size)
            observer-threshold=0
            check-ms=2000
            zoo-cfg-extra=\(lines)

            """
        try Data(text.utf8).write(to: URL(filePath: root.path + "/defaults"))
    }

    // MARK: - Power

    nonisolated func address(_ host: Int) -> String { network.address(host) }
    nonisolated func host(at address: String) -> Int? { network.hosts.first { network.address($0) == address } }
    nonisolated func stateDirectory(_ host: Int) -> String { root.disk(host) + "/state" }
    nonisolated func dataDirectory(_ host: Int) -> String { stateDirectory(host) + "/zookeeper/snapshot" }
    nonisolated func logDirectory(_ host: Int) -> String { stateDirectory(host) + "/zookeeper/transactions" }
    nonisolated func configDirectory(_ host: Int) -> String { stateDirectory(host) + "/conf" }

    /// Makes a host's clock one that `setClock` turns; before it is powered on.
    func fakeClock(_ host: Int) { fakedClocks.insert(host) }

    /// Starts the Exhibitor of a host, which starts its server.
    func powerOn(_ host: Int) async throws {
        guard exhibitors[host]?.exit != nil || exhibitors[host] == nil else { return }
        try FileManager.default.createDirectory(atPath: root.disk(host), withIntermediateDirectories: true)
        let log = open(root.log(host), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard log >= 0 else { throw SystemError.current }
        defer { close(log) }
        var arguments = ["netns", "exec", network.namespace(host), program, "exhibitor"]
        arguments += ["--hostname", address(host), "--port", "8181", "--state-dir", stateDirectory(host), "--own-directories"]
        arguments += ["--zk-heap-mb", "128", "--assets", root.path, "--allow-remote-mutations"]
        switch store {
        case .file:
            arguments += ["--configtype", "file", "--fsconfigdir", root.shared, "--configcheckms", "1000"]
            arguments += ["--defaultconfig", root.path + "/defaults"]
        case .fixed(let members):
            let list = members.enumerated().map { "\($0.offset + 1):\(address($0.element))" }.joined(separator: ",")
            arguments += ["--configtype", "static", "--staticensemble", list]
            for line in Self.lines { arguments += ["--zoo-cfg-extra", "\(line.key)=\(line.value)"] }
        }
        var environment = ProcessEnvironment.current
        if fakedClocks.contains(host) { environment.merge(FakeClock.environment(file: root.clock(host))) { $1 } }
        exhibitors[host] = try await Command.spawn(
            .init(path: TestNetwork.ip, arguments: arguments, environment: environment, output: log))
    }

    /// SIGKILL for everything on these hosts at once.
    func powerOff(_ hosts: [Int]) async {
        let handles = hosts.compactMap { exhibitors.removeValue(forKey: $0) }
        for handle in handles { handle.send(signal: SIGKILL) }
        for host in hosts { if let server = serverPID(host) { kill(server, SIGKILL) } }
        for handle in handles { _ = await handle.waitForExit() }
        // One may have been started in between.
        for host in hosts {
            while let server = serverPID(host) {
                kill(server, SIGKILL)
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    // MARK: - Processes

    func exhibitorPID(_ host: Int) -> Int32? { exhibitors[host].flatMap { $0.exit == nil ? $0.pid : nil } }

    /// The process id of a host's ZooKeeper server.
    nonisolated func serverPID(_ host: Int) -> Int32? {
        let prefix = stateDirectory(host) + "/"
        return ProcessTable.processIDs().first { pid in
            let words = ProcessTable.commandLine(of: pid)
            return words.contains { $0.hasSuffix("QuorumPeerMain") } && words.last?.hasPrefix(prefix) == true
        }
    }

    nonisolated func serverPIDs(_ hosts: [Int]) -> [Int32?] { hosts.map(serverPID) }

    nonisolated func signalServer(_ host: Int, _ signal: Int32) throws {
        guard let pid = serverPID(host) else { throw Failure(description: "no server runs on host \(host)") }
        kill(pid, signal)
    }

    func signalExhibitor(_ host: Int, _ signal: Int32) throws {
        guard exhibitors[host]?.send(signal: signal) == true else { throw Failure(description: "no Exhibitor runs on host \(host)") }
    }

    /// SIGKILL for the Exhibitor alone; its server lives on.
    func crashExhibitor(_ host: Int) async throws {
        try signalExhibitor(host, SIGKILL)
        _ = await exhibitors[host]?.waitForExit()
        exhibitors[host] = nil
    }

    // MARK: - For failures

    func report() async -> String {
        var text: [String] = []
        for host in network.hosts {
            text.append("--- host \(host) \(address(host)), server \(serverPID(host).map { "\($0)" } ?? "-")")
            let status = await status(host)?.map { "\($0.hostname):\($0.description)\($0.isLeader ? "*" : "")" }
            text.append("status: \(status?.joined(separator: " ") ?? "no answer")")
            if let state: HostState = await get("cluster/state?verbose=true", host) { text.append("\(state)") }
            if let log = await request("GET", "cluster/log", host)?.body,
                let lines = try? JSONDecoder().decode(String.self, from: Data(log.utf8))
            {
                text += lines.split(separator: "\n").prefix(40).map(String.init)
            } else {
                text.append(Self.tail(root.log(host), lines: 8))
            }
        }
        if let shared = FileManager.default.contents(atPath: root.shared + "/exhibitor.properties") {
            let keys = ["servers-spec", "rolling-hostnames", "formed", "imposed", "zoo-cfg-extra"]
            text += String(decoding: shared, as: UTF8.self).split(separator: "\n").filter { line in keys.contains { line.contains($0) } }
                .map(String.init)
        }
        return text.joined(separator: "\n")
    }

    private static func tail(_ path: String, lines: Int) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self).split(separator: "\n").suffix(lines)
            .joined(separator: "\n")
    }
}
