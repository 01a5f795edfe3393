import AsyncHTTPClient
import ClusterState
import Logging
import NIOCore
import ResourceModel
import SchedulerClient
import ZooKeeper

/// All simulated agents and what they share: few ZooKeeper sessions, two HTTP clients, one look at who leads.
struct Fleet: Sendable {
    let hosts: [SimulatedAgentHost]
    let leader: LeaderBoard
    let log: RunLog
    private let clients: [ZooKeeperClient]
    private let streams: HTTPClient
    private let reports: HTTPClient
    private let detector: MasterDetector

    init(_ configuration: SimulationConfiguration, connect: ConnectString, log: RunLog, logger: Logger) {
        self.log = log
        leader = LeaderBoard()
        clients = (0..<configuration.sessionCount).map { _ in
            ZooKeeperClient(servers: connect.hosts, credentials: connect.credentials, logger: logger)
        }
        detector = MasterDetector(client: clients[0], path: connect.path, logger: logger)
        streams = Self.client(connections: configuration.agents + 16)
        reports = Self.client(connections: 64)
        // Room for twice the even share, so that the spread may be uneven.
        let room = Double(configuration.tasksPerAgent * 2 + 2)
        let surroundings = SimulatedAgentHost.Surroundings(
            streams: streams, reports: reports, leader: leader, log: log,
            resources: [
                .scalar("cpus", (room * SimulatedFramework.taskCPUs).rounded(.up)), .scalar("mem", room * SimulatedFramework.taskMemory),
                .scalar("disk", 100_000), .ranges("ports", [31_000...32_000]),
            ], logger: logger)
        hosts = (0..<configuration.agents).map { [clients] number in
            SimulatedAgentHost(number: number, client: clients[number % clients.count], surroundings: surroundings)
        }
    }

    private static func client(connections: Int) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Until cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for client in clients { group.addTask { try? await client.run() } }
            group.addTask {
                while !Task.isCancelled {
                    try? await detector.follow { leader.set($0.map { "\($0)" }) }
                    try? await Task.sleep(for: .milliseconds(200))
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(1))
                    for host in hosts { await host.tick() }
                }
            }
            // The agents delete their ephemeral nodes before the sessions close.
            await withTaskGroup(of: Void.self) { agents in
                for host in hosts { agents.addTask { await host.run() } }
            }
            group.cancelAll()
        }
        try? await streams.shutdown()
        try? await reports.shutdown()
    }

    /// How many agents hold a stream of a leading master.
    func registered() async -> Int {
        var count = 0
        for host in hosts where await host.isRegistered { count += 1 }
        return count
    }

    func areAllPublished() async -> Bool {
        for host in hosts where await !host.isPublished { return false }
        return true
    }

    func runningTasks(of framework: FrameworkID) async -> Set<TaskID> {
        var result: Set<TaskID> = []
        for host in hosts { result.formUnion(await host.runningTasks(of: framework)) }
        return result
    }

    /// What ZooKeeper says of a framework's tasks that run.
    func publishedTasks(of framework: FrameworkID) async throws -> Set<TaskID> {
        var result: Set<TaskID> = []
        for host in hosts {
            guard let id = await host.agentID else { continue }
            let path = MesosStatePaths.tasks(of: id)
            guard try await clients[0].exists(path) != nil else { continue }
            for name in try await clients[0].children(path).names {
                let chunk = try ClusterJSON.decode(TaskChunk.self, from: try await clients[0].get("\(path)/\(name)").data)
                for task in chunk.tasks.values where task.framework_id == framework && !task.state.isTerminal { result.insert(task.id) }
            }
        }
        return result
    }
}
