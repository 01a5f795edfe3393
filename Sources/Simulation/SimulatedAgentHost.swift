import AsyncHTTPClient
import ClusterState
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import Platform
import ResourceModel
import Synchronization
import ZooKeeper

/// Lets one simulated agent live: its stream from the master, its reports, its ephemeral node and its task chunk, each
/// written as a real agent does (one write in flight, changes that come meanwhile go into the next).
///
/// The ZooKeeper session is shared with other agents. That only shows when a session expires: then the ephemeral nodes of
/// all agents on it vanish together, as if a switch of the network had failed, and are made again on the next session.
/// The owner of the node itself matters to nobody: masters look at its presence.
actor SimulatedAgentHost {
    /// What all agents of a simulation share.
    struct Surroundings: Sendable {
        /// One connection per agent.
        var streams: HTTPClient
        var reports: HTTPClient
        var leader: LeaderBoard
        var log: RunLog
        /// What every agent offers.
        var resources: [Resource]
        var logger: Logger
    }

    private enum Ending: Error {
        case refused(UInt), ended, silent, deposed, disowned, forgotten
    }

    private static let silence = Duration.seconds(15)

    let number: Int
    private let client: ZooKeeperClient
    private let surroundings: Surroundings
    private var machine: SimulatedAgent
    private var heard = ContinuousClock.now
    private var reportWake: AsyncStream<Void>.Continuation?
    private var publishWake: AsyncStream<Void>.Continuation?
    private var adopted: AsyncStream<AgentID>.Continuation?
    /// Whether the chunk exists; nil: unknown.
    private var hasChunk: Bool?
    private var isPublishing = false

    init(number: Int, client: ZooKeeperClient, surroundings: Surroundings) {
        self.number = number
        self.client = client
        self.surroundings = surroundings
        machine = SimulatedAgent(number: number, ip: Self.ip(number))
    }

    /// Made-up addresses: masters never connect to agents.
    private static func ip(_ number: Int) -> String { "10.\(100 + number / 65_536).\(number / 256 % 256).\(number % 256)" }
    private var pid: String { "slave(1)@\(Self.ip(number)):5051" }
    private var info: AgentInfo {
        AgentInfo(hostname: "simulated-\(number)", resources: surroundings.resources)
    }

    // MARK: Questions and orders of the simulation

    var isRegistered: Bool { machine.isConnected }
    var agentID: AgentID? { machine.id }
    /// The chunk in ZooKeeper holds what the agent knows.
    var isPublished: Bool { !machine.isDirty && !isPublishing }

    func runningTasks(of framework: FrameworkID) -> [TaskID] {
        machine.tasks.values.filter { $0.framework == framework && !$0.state.isTerminal }.map(\.info.task_id)
    }

    /// - Returns: whether a task was there to end.
    func finishOne() -> Bool {
        guard machine.finishOne(at: .now, time: Date.now.timeIntervalSince1970) != nil else { return false }
        afterChange()
        return true
    }

    func tick() {
        machine.tick(at: .now)
        afterChange()
    }

    // MARK: Life

    /// Until cancelled; a removed agent comes back as a new one.
    func run() async {
        while !Task.isCancelled {
            let (ids, adopted) = AsyncStream.makeStream(of: AgentID.self)
            self.adopted = adopted
            let (wakes, publishWake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            self.publishWake = publishWake
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.live(ids) }
                group.addTask { await self.publish(wakes) }
                await link()
                adopted.finish()
                group.cancelAll()
            }
            guard !Task.isCancelled else { return }
            surroundings.log.agentShutDown()
            if let id = machine.id { try? await client.deleteSubtree(MesosStatePaths.tasks(of: id)) }
            machine = SimulatedAgent(number: number, ip: Self.ip(number))
            hasChunk = nil
        }
    }

    private func afterChange() {
        if !machine.outbox.isEmpty { reportWake?.yield() }
        if machine.isDirty { publishWake?.yield() }
    }

    // MARK: The master

    /// Until cancelled, or removed by a master.
    private func link() async {
        while !Task.isCancelled, !machine.isForgotten {
            guard let master = surroundings.leader.current else {
                try? await Task.sleep(for: .milliseconds(Int.random(in: 50...150)))
                continue
            }
            do {
                try await session(with: master)
            } catch {
                if Task.isCancelled || machine.isForgotten { return }
                surroundings.logger.debug("stream ended", metadata: ["agent": "\(number)", "why": "\(error)"])
            }
            // Not all at once.
            try? await Task.sleep(for: .milliseconds(Int.random(in: 20...400)))
        }
    }

    private func session(with master: String) async throws {
        let (wakes, reportWake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.reportWake = reportWake
        heard = .now
        defer { machine.disconnected() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.read(from: master) }
            group.addTask { try await self.report(wakes, to: master) }
            group.addTask { try await self.watchForSilence() }
            // None of them returns: whichever fails first ends the session.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func watchForSilence() async throws {
        while case let deadline = heard + Self.silence, deadline > .now { try await Task.sleep(until: deadline, clock: .continuous) }
        throw Ending.silent
    }

    private func read(from master: String) async throws {
        var request = HTTPClientRequest(url: "http://\(master)/agent-link/subscribe")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: try ClusterJSON.encode(machine.registration(info: info, pid: pid))))
        let response = try await surroundings.streams.execute(request, deadline: .distantFuture)
        guard response.status == .ok else {
            _ = try? await response.body.collect(upTo: 4096)
            throw Ending.refused(response.status.code)
        }
        var decoder = RecordIODecoder(maximumRecordSize: 64 << 20)
        for try await chunk in response.body {
            heard = .now
            for record in try decoder.append(chunk) {
                try handle(try ClusterJSON.decode(AgentCommand.self, from: Data(record.readableBytesView)))
            }
        }
        throw Ending.ended
    }

    private func handle(_ command: AgentCommand) throws {
        guard machine.handle(command, at: .now, time: Date.now.timeIntervalSince1970) else { throw Ending.deposed }
        if machine.isForgotten { throw Ending.forgotten }
        for task in machine.started { surroundings.log.started(task, on: number) }
        if command.type == .registered, let id = machine.id { adopted?.yield(id) }
        afterChange()
    }

    private func report(_ wakes: AsyncStream<Void>, to master: String) async throws {
        for await _ in wakes {
            while let id = machine.id, machine.isConnected, case let updates = machine.takeOutbox(), !updates.isEmpty {
                var request = HTTPClientRequest(url: "http://\(master)/agent-link/report")
                request.method = .POST
                request.headers.add(name: "Content-Type", value: "application/json")
                let report = AgentReport(agent_id: id, epoch: machine.epoch, updates: updates)
                request.body = .bytes(ByteBuffer(bytes: try ClusterJSON.encode(report)))
                let response = try await surroundings.reports.execute(request, timeout: .seconds(10))
                _ = try? await response.body.collect(upTo: 65_536)
                // What was not taken is sent again at the next registration.
                guard (200..<300).contains(response.status.code) else { throw Ending.disowned }
            }
        }
        throw CancellationError()
    }

    // MARK: ZooKeeper

    private func live(_ ids: AsyncStream<AgentID>) async {
        guard let id = await ids.first(where: { _ in true }) else { return }
        let (pid, hostname, ip, version) = (pid, info.hostname, Self.ip(number), "1.0.3")
        let registration = EphemeralRegistration(
            client: client, path: MesosStatePaths.live(id),
            payload: { incarnation in
                let live = LiveAgent(
                    agent_id: id, pid: pid, hostname: hostname, ip: ip, port: 5051, boot_id: "simulated", incarnation: incarnation,
                    version: version)
                return (try? ClusterJSON.encode(live)) ?? Data()
            },
            isOurs: { (try? ClusterJSON.decode(LiveAgent.self, from: $0))?.agent_id == id })
        try? await registration.run()
    }

    private func publish(_ wakes: AsyncStream<Void>) async {
        for await _ in wakes {
            while !Task.isCancelled, machine.isDirty, let id = machine.id {
                isPublishing = true
                defer { isPublishing = false }
                machine.isDirty = false
                let isEmpty = machine.tasks.isEmpty
                do {
                    try await write(isEmpty ? nil : machine.chunk, of: id)
                    hasChunk = !isEmpty
                } catch {
                    machine.isDirty = true
                    hasChunk = nil
                    try? await Task.sleep(for: .milliseconds(Int.random(in: 20...200)))
                }
            }
        }
    }

    private func write(_ chunk: Data?, of id: AgentID) async throws {
        let path = MesosStatePaths.chunk("_", of: id)
        var exists = hasChunk ?? false
        if hasChunk == nil {
            exists = try await client.exists(path) != nil
            if !exists { try await client.createWithParents(MesosStatePaths.tasks(of: id)) }
        }
        if let chunk {
            try await client.multi([exists ? .set(path, chunk) : .create(path, chunk)])
        } else if exists {
            try await client.multi([.delete(path)])
        }
    }
}
