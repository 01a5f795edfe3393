import AsyncHTTPClient
import FoundationEssentials
import Glibc
import LocalCluster
import Logging
import NIOCore
import NIOHTTP1
import Platform
import ServiceLifecycle

/// A whole cluster of real processes for one test, on loopback addresses of its own.
final class TestCluster: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let layout: ClusterLayout
    let directory: ClusterDirectory
    let supervisor: Supervisor
    /// Redirects are answers here: a standby redirects to its leader.
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))

    private init(layout: ClusterLayout, directory: ClusterDirectory, supervisor: Supervisor) {
        self.layout = layout
        self.directory = directory
        self.supervisor = supervisor
    }

    /// Starts the cluster, waits until every component is ready, runs the body, and ends everything, also when it throws.
    static func withCluster(masters: Int = 3, agents: Int = 2, _ body: (TestCluster) async throws -> Void) async throws {
        // Where the test program lies, the others do.
        let binaries = ProgramPath.current.split(separator: "/").dropLast().joined(separator: "/")
        let program = "/\(binaries)/dcosd"
        guard access(program, X_OK) == 0 else { throw Failure(description: "\(program) is missing: build the product dcosd") }
        let root = "\(FileManager.default.temporaryDirectory.path)/dcos-cluster-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let directory = ClusterDirectory(root: root)
        for path in [root, directory.logs, directory.run] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        var layout = try ClusterLayout(masters: masters, agents: agents)
        // A block per process id and test: never the addresses of an operator's cluster.
        let block = 10 + Int.random(in: 0..<100) * 2
        let second = 64 + Int(getpid()) % 128
        layout.masterNetwork = "127.\(second).\(block)"
        layout.agentNetwork = "127.\(second).\(block + 1)"
        layout.sessionTimeout = 4
        let supervisor = Supervisor(
            layout: layout, directory: directory, program: program, assets: root, taskShim: "/\(binaries)/task-shim",
            logger: Logger(label: "supervisor") { _ in SwiftLogNoOpLogHandler() })
        let cluster = TestCluster(layout: layout, directory: directory, supervisor: supervisor)
        let group = ServiceGroup(services: [supervisor], logger: Logger(label: "group") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { try await group.run() }
        var failure: (any Error)?
        do {
            try await cluster.eventually("every component is ready", within: .seconds(120)) {
                let components = await supervisor.components
                if let failed = components.first(where: { $0.phase == .failed }) {
                    throw Failure(description: "\(failed.name) failed: \(cluster.tail(failed.name))")
                }
                return components.allSatisfy { $0.phase == .ready }
            }
            try await body(cluster)
        } catch {
            failure = Failure(description: "\(error)\n\(cluster.tails())")
        }
        await group.triggerGracefulShutdown()
        _ = await running.result
        await LeftoverProcesses(of: directory).end()
        try await cluster.http.shutdown()
        if failure == nil { try FileManager.default.removeItem(atPath: root) }
        if let failure { throw failure }
    }

    private func tail(_ component: String) -> String {
        let data = FileManager.default.contents(atPath: directory.log(of: component)) ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").suffix(8).joined(separator: "\n")
    }

    private func tails() -> String {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: directory.logs)) ?? []).sorted()
        return names.map { "--- \(directory.logs)/\($0)\n\(tail(String($0.dropLast(4))))" }.joined(separator: "\n")
    }

    func eventually(_ what: String, within deadline: Duration = .seconds(60), _ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + deadline
        while true {
            if try await condition() { return }
            guard ContinuousClock.now < end else { throw Failure(description: "not within \(deadline): \(what)") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    // MARK: Faults

    func pid(_ component: String) async throws -> Int32 {
        guard let pid = await supervisor.components.first(where: { $0.name == component })?.pid else {
            throw Failure(description: "\(component) does not run")
        }
        return pid
    }

    func signal(_ signal: Int32, _ component: String) async throws { kill(try await pid(component), signal) }

    /// SIGKILL, and waits until the supervisor has started it again.
    func crash(_ component: String) async throws {
        let old = try await pid(component)
        kill(old, SIGKILL)
        try await eventually("\(component) runs again") {
            let now = await self.supervisor.components.first { $0.name == component }
            return now?.pid != nil && now?.pid != old && now?.phase == .ready
        }
    }

    /// The process id of a master's ZooKeeper server.
    func zooKeeperPID(_ master: Int) -> Int32? {
        let path = directory.data(of: "m\(master)") + "/exhibitor"
        return ProcessTable.processIDs().first { pid in
            let words = ProcessTable.commandLine(of: pid)
            return words.contains { $0.hasSuffix("QuorumPeerMain") } && words.last?.hasPrefix(path) == true
        }
    }

    // MARK: HTTP

    struct Answer {
        var status: Int
        var body: String
        var location: String?
    }

    /// Nil when nobody answers.
    func request(_ method: String, _ url: String, body: String? = nil, timeout: Duration = .seconds(5)) async -> Answer? {
        var request = HTTPClientRequest(url: url)
        request.method = .init(rawValue: method)
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        do {
            let response = try await http.execute(request, timeout: .nanoseconds(timeout.components.seconds * 1_000_000_000))
            let buffer = try await response.body.collect(upTo: 16 << 20)
            return Answer(
                status: Int(response.status.code), body: String(buffer: buffer), location: response.headers.first(name: "Location"))
        } catch {
            return nil
        }
    }

    /// Index (from 1) of the master that serves as leader.
    func leadingMaster() async -> Int? {
        for (index, address) in layout.masterAddresses.enumerated() {
            guard let answer = await request("GET", "http://\(address):5050/state", timeout: .seconds(1)), answer.status == 200 else {
                continue
            }
            return index + 1
        }
        return nil
    }

    /// Index (from 1) of the leading Marathon, as told by any that answers.
    func leadingMarathon() async -> Int? {
        for address in layout.masterAddresses {
            guard let answer = await request("GET", "http://\(address):8080/v2/leader", timeout: .seconds(1)), answer.status == 200,
                let leader = try? JSONDecoder().decode([String: String].self, from: Data(answer.body.utf8))["leader"]
            else { continue }
            return layout.masterAddresses.firstIndex { leader.hasPrefix("\($0):") }.map { $0 + 1 }
        }
        return nil
    }
}
