import AsyncHTTPClient
import ClusterState
import Logging
import NIOCore
import ResourceModel
import SchedulerClient
import ZooKeeper

/// Plays a cluster of many agents and tasks against real masters and a real ensemble, and reports how it went.
public struct Simulation: Sendable {
    public enum Failure: Error, CustomStringConvertible {
        case invalid(String)
        case tooSlow(String)
        public var description: String {
            switch self {
            case .invalid(let what): what
            case .tooSlow(let what): "not in time: \(what)"
            }
        }
    }

    private let configuration: SimulationConfiguration
    private let connect: ConnectString
    private let logger: Logger
    private let progress: @Sendable (String) -> Void

    /// - progress: told what happens, for people.
    public init(
        _ configuration: SimulationConfiguration, logger: Logger, progress: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        if let problem = configuration.problem { throw Failure.invalid(problem) }
        connect = try ConnectString(configuration.zk)
        guard !connect.path.isEmpty else { throw Failure.invalid("--zk must name a path, e.g. zk://127.0.0.1:2181/mesos") }
        self.configuration = configuration
        self.logger = logger
        self.progress = progress
    }

    public func run() async throws -> SimulationReport {
        let masters = MasterProcesses(configuration, logger: logger)
        do {
            try await masters.start()
            let report = try await play(masters)
            await masters.stop()
            return report
        } catch {
            await masters.stop()
            throw error
        }
    }

    private func play(_ masters: MasterProcesses) async throws -> SimulationReport {
        let log = RunLog()
        let fleet = Fleet(configuration, connect: connect, log: log, logger: logger)
        let client = ZooKeeperClient(servers: connect.hosts, credentials: connect.credentials, logger: logger)
        var http = HTTPClient.Configuration()
        http.timeout.connect = .seconds(5)
        http.httpVersion = .http1Only
        http.redirectConfiguration = .disallow
        http.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32 + configuration.frameworks
        let calls = HTTPClient(eventLoopGroupProvider: .singleton, configuration: http)
        let share = configuration.tasks / configuration.frameworks
        let frameworks = (0..<configuration.frameworks).map { number in
            SimulatedFramework(
                number: number, tasks: share + (number < configuration.tasks % configuration.frameworks ? 1 : 0),
                perOffer: max(1, configuration.tasksPerAgent), source: MasterDetector(client: client, path: connect.path, logger: logger),
                http: calls, logger: logger)
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await client.run() }
            group.addTask { await fleet.run() }
            do {
                let report = try await acts(fleet, frameworks, masters)
                group.cancelAll()
                try await group.waitForAll()
                try? await calls.shutdown()
                return report
            } catch {
                group.cancelAll()
                try? await group.waitForAll()
                try? await calls.shutdown()
                throw error
            }
        }
    }

    /// The acts of the play, one after the other.
    private func acts(_ fleet: Fleet, _ frameworks: [SimulatedFramework], _ masters: MasterProcesses) async throws -> SimulationReport {
        let start = ContinuousClock.now
        try await wait("all agents registered") { await fleet.registered() == configuration.agents }
        let registration = ContinuousClock.now - start
        progress("\(configuration.agents) agents registered in \(Percentiles.milliseconds(registration)) ms")
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for framework in frameworks { group.addTask { await framework.run() } }
            defer { group.cancelAll() }
            try await wait("the first wave of tasks RUNNING and acknowledged") {
                for framework in frameworks where await !framework.isWaveDone { return false }
                return true
            }
            let wave = await waveTime(frameworks)
            progress(
                "first wave of \(configuration.tasks) tasks done in \(Percentiles.milliseconds(wave)) ms; now \(configuration.duration)")
            let before = await acknowledged(frameworks)
            let churnStart = ContinuousClock.now
            let kills = try await churn(fleet, frameworks, masters)
            let churnTime = ContinuousClock.now - churnStart
            let relaunched = await acknowledged(frameworks) - before
            progress("settling")
            var problems: [String] = []
            do {
                try await wait("all tasks settled after the churn") {
                    for framework in frameworks where await !framework.isSettled { return false }
                    return await fleet.areAllPublished()
                }
            } catch let failure as Failure {
                problems.append("\(failure)")
            }
            problems += await audit(fleet, frameworks)
            let report = await report(
                fleet, frameworks, registration: registration, wave: wave, churned: (relaunched, churnTime), kills: kills, problems)
            for framework in frameworks { await framework.teardown() }
            return report
        }
    }

    // MARK: Churn

    /// - Returns: how many masters were killed.
    private func churn(_ fleet: Fleet, _ frameworks: [SimulatedFramework], _ masters: MasterProcesses) async throws -> Int {
        let start = ContinuousClock.now
        let end = start + configuration.duration
        var kills = 0
        var nextKill = configuration.killMasterEvery.map { start + $0 }
        var done = 0
        var turn = 0
        return try await withThrowingDiscardingTaskGroup { calls in
            while ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(50))
                let now = ContinuousClock.now
                let due = Int((now - start) / .milliseconds(1) * configuration.churn / 1000)
                // What could not be done in time is not caught up in a burst.
                let batch = min(due - done, max(1, Int(configuration.churn)))
                done = due
                for _ in 0..<max(0, batch) {
                    turn += 1
                    if turn % 2 == 0 {
                        _ = await fleet.hosts[Int.random(in: 0..<fleet.hosts.count)].finishOne()
                    } else {
                        let framework = frameworks[turn / 2 % frameworks.count]
                        calls.addTask { await framework.killOne() }
                    }
                }
                if let due = nextKill, now >= due, let every = configuration.killMasterEvery, end - now > .seconds(1),
                    let leader = fleet.leader.current
                {
                    nextKill = due + every
                    let moment = ContinuousClock.now
                    for framework in frameworks { await framework.masterWasKilled(at: moment) }
                    guard await masters.kill(leader) else {
                        throw Failure.invalid("the leading master \(leader) is none that may be killed")
                    }
                    kills += 1
                    progress("killed the leading master \(leader)")
                    calls.addTask {
                        try await Task.sleep(for: .seconds(2))
                        try await masters.restart(leader)
                    }
                }
            }
            return kills
        }
    }

    // MARK: The end

    /// What the frameworks know, what runs on the agents, what ZooKeeper says and what the master says must be the same.
    private func audit(_ fleet: Fleet, _ frameworks: [SimulatedFramework]) async -> [String] {
        var problems: [String] = []
        for framework in frameworks {
            guard let id = await framework.frameworkID else {
                problems.append("\(framework.name) is not subscribed")
                continue
            }
            let known = Set(await framework.ledger.active.keys)
            let running = await fleet.runningTasks(of: id)
            problems += Self.difference(known, running, "by \(framework.name)", "on the agents")
            do {
                problems += Self.difference(known, try await fleet.publishedTasks(of: id), "by \(framework.name)", "in ZooKeeper")
            } catch {
                problems.append("the task records cannot be read: \(error)")
            }
            guard let answer = await framework.reconcile(within: .seconds(60)) else {
                problems.append("the master did not answer the reconciliation of \(framework.name) completely")
                continue
            }
            let told = Set(answer.filter { !$0.value.isTerminal }.keys)
            problems += Self.difference(known, told, "by \(framework.name)", "at the master")
        }
        return problems
    }

    private static func difference(_ left: Set<TaskID>, _ right: Set<TaskID>, _ leftName: String, _ rightName: String) -> [String] {
        func problem(_ tasks: Set<TaskID>, _ here: String, _ there: String) -> [String] {
            guard let example = tasks.min() else { return [] }
            return ["\(tasks.count) task(s) that run as seen \(here) do not \(there), e.g. \(example)"]
        }
        return problem(left.subtracting(right), leftName, rightName) + problem(right.subtracting(left), rightName, leftName)
    }

    private func acknowledged(_ frameworks: [SimulatedFramework]) async -> Int {
        var count = 0
        for framework in frameworks { count += await framework.ledger.acknowledgedRunning }
        return count
    }

    private func waveTime(_ frameworks: [SimulatedFramework]) async -> Duration {
        var first: ContinuousClock.Instant?
        var last: ContinuousClock.Instant?
        for framework in frameworks {
            if let start = await framework.firstLaunch { first = min(first ?? start, start) }
            if let end = await framework.waveDone { last = max(last ?? end, end) }
        }
        guard let first, let last else { return .zero }
        return last - first
    }

    private func report(
        _ fleet: Fleet, _ frameworks: [SimulatedFramework], registration: Duration, wave: Duration, churned: (count: Int, time: Duration),
        kills: Int, _ found: [String]
    ) async -> SimulationReport {
        var (launches, offers, updates, killTimes): ([Duration], [Duration], [Duration], [Duration]) = ([], [], [], [])
        var takeovers: [SimulatedFramework.Takeover] = []
        var (launched, ended, undelivered, running) = (0, 0, 0, 0)
        var problems = found
        for framework in frameworks {
            let ledger = await framework.ledger
            launches += ledger.launchToRunning.values
            updates += ledger.updates.values
            killTimes += ledger.killToEnd.values
            offers += await framework.offerLatency.values
            takeovers += await framework.takeovers
            launched += ledger.launchedCount
            ended += ledger.endedCount
            undelivered += ledger.undelivered
            running += ledger.active.count
            problems += await framework.problems + ledger.problems.prefix(20)
        }
        let (texts, count) = fleet.log.problems
        problems += texts
        if count > texts.count { problems.append("and \(count - texts.count) more of these") }
        if fleet.log.shutdowns > 0 { problems.append("\(fleet.log.shutdowns) agent(s) were removed though they lived") }
        if takeovers.contains(where: { $0.accepted == nil }) { problems.append("no offer was accepted after a master was killed") }
        func rate(_ count: Int, _ time: Duration) -> Double {
            time > .zero ? (Double(count) / (time / .seconds(1)) * 10).rounded() / 10 : 0
        }
        return SimulationReport(
            agents: configuration.agents, frameworks: configuration.frameworks, tasks: configuration.tasks,
            registration_ms: Percentiles.milliseconds(registration), wave_ms: Percentiles.milliseconds(wave),
            wave_tasks_per_second: rate(configuration.tasks, wave),
            churn_tasks_per_second: configuration.churn > 0 ? rate(churned.count, churned.time) : nil, launched: launched, ended: ended,
            undelivered: undelivered, running_at_end: running, launch_to_running: Percentiles(launches), offer_latency: Percentiles(offers),
            update_latency: Percentiles(updates), kill_to_end: Percentiles(killTimes), master_kills: kills,
            takeover_subscribed: Percentiles(takeovers.compactMap(\.subscribed)),
            takeover_accepted: Percentiles(takeovers.compactMap(\.accepted)), removed_agents: fleet.log.shutdowns, problems: problems)
    }

    private func wait(_ what: String, _ condition: () async -> Bool) async throws {
        let end = ContinuousClock.now + configuration.patience
        while await !condition() {
            guard ContinuousClock.now < end else { throw Failure.tooSlow("\(what), after \(configuration.patience)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
