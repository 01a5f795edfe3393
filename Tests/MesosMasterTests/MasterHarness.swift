import ClusterState
import ResourceModel

@testable import MesosMaster

/// A state machine with a recording world around it: durable writes succeed at once unless `holdsCommits`.
struct MasterHarness {
    static let agentTotal: [Resource] = [
        .scalar("cpus", 4), .scalar("mem", 1024), .ranges("ports", [1000...1099]),
    ]

    var machine: MasterStateMachine
    var now = Moment(wall: 1_000_000, uptime: 100)
    var holdsCommits = false
    var heldCommits: [CommitID] = []
    /// Everything written, as znodes.
    var agents: [AgentID: AgentRecord] = [:]
    var frameworks: [FrameworkID: FrameworkRecord] = [:]
    var kills: [AgentID: PendingKills] = [:]
    var quotas = QuotasRecord()
    var weights = WeightsRecord()
    var maintenance = MaintenanceRecord()
    var machines = MachinesRecord()
    var commands: [LinkID: [AgentCommand]] = [:]
    var closedLinks: Set<LinkID> = []
    var events: [StreamID: [SchedulerEvent]] = [:]
    var closedStreams: Set<StreamID> = []
    var published: [OperatorEvent] = []
    var replies: [RequestID: Reply] = [:]
    private var nextRequest = 0
    private var nextLink = 0

    init(seed: UInt64 = 1, leads: Bool = true, _ change: (inout Configuration) -> Void = { _ in }) throws {
        var configuration = Configuration(zk: "zk://127.0.0.1:2181/mesos", ip: "10.0.0.1")
        change(&configuration)
        guard let info = MasterInfo(id: "m", ip: "10.0.0.1", port: 5050, version: "1.0.3") else { throw Failure.notReached }
        machine = MasterStateMachine(configuration: configuration, master: info, seed: seed)
        guard leads else { return }
        take(.mirror(KernelBatch(changes: [], isSnapshot: true)))
        lead(epoch: 7)
    }

    enum Failure: Error { case notReached }

    /// Lets the held commits happen, and all that follow.
    mutating func release() {
        holdsCommits = false
        let held = heldCommits
        heldCommits = []
        for id in held { take(.committed(id)) }
    }

    mutating func lead(epoch: Int64) {
        take(.elected(epoch: epoch))
        take(.mirror(KernelBatch(changes: [.leader(LeaderRecord(master_id: "m", pid: "p", epoch: epoch), zxid: epoch + 1)])))
    }

    /// Steps the world has taken: each action, and each written commit.
    private(set) var steps = 0
    enum Victim: CaseIterable, Sendable { case master, agent, framework }
    /// Whose session ends before the step `lastStep`: nothing reaches it from then on, and a master does nothing any more.
    var victim = Victim.master
    var lastStep = Int.max
    var hasStopped: Bool { steps >= lastStep }

    mutating func take(_ event: MasterEvent) {
        guard !(hasStopped && victim == .master) else { return }
        for action in machine.handle(event, now: now) {
            guard !(hasStopped && victim == .master) else { return }
            steps += 1
            switch action {
            case .tellAgent where hasStopped && victim == .agent: break
            case .tellScheduler where hasStopped && victim == .framework: break
            case .commit(let id, let writes):
                if holdsCommits { heldCommits.append(id) }
                for write in writes { apply(write) }
                guard !(hasStopped && victim == .master) else { return }
                steps += 1
                if !holdsCommits { take(.committed(id)) }
            case .tellAgent(let link, let command): commands[link, default: []].append(command)
            case .closeAgentLink(let link): closedLinks.insert(link)
            case .tellScheduler(let stream, let event): events[stream, default: []].append(event)
            case .closeSchedulerStream(let stream): closedStreams.insert(stream)
            case .reply(let request, let reply): replies[request] = reply
            case .publish(let event): published.append(event)
            case .log: break
            }
        }
    }

    private mutating func apply(_ write: DurableWrite) {
        switch write {
        case .agent(let record): agents[record.agent_id] = record
        case .forgetAgent(let id): agents[id] = nil
        case .framework(let record): frameworks[record.id] = record
        case .forgetFramework(let id): frameworks[id] = nil
        case .kills(let id, let pending): kills[id] = pending.kills.isEmpty ? nil : pending
        case .forgetTasks: break
        case .quotas(let record): quotas = record
        case .weights(let record): weights = record
        case .maintenance(let record): maintenance = record
        case .machines(let record): machines = record
        }
    }

    mutating func pass(_ seconds: Double) {
        now.wall += seconds
        now.uptime += seconds
        take(.tick)
    }

    // MARK: Agents

    /// Subscribes an agent; with an id it comes back.
    @discardableResult
    mutating func subscribeAgent(
        _ number: Int, id: AgentID? = nil, tasks: [AgentRegistration.RunningTask] = [], frameworks: [FrameworkInfo] = [],
        resources: [Resource] = agentTotal
    ) -> LinkID {
        nextLink += 1
        let info = AgentInfo(hostname: "10.0.2.\(number)", resources: resources, id: id)
        let registration = AgentRegistration(
            agent_info: info, pid: "slave(1)@10.0.2.\(number):5051", incarnation: 1, version: "1.0.3", tasks: tasks,
            frameworks: frameworks)
        take(.agentSubscribed(nextLink, registration))
        return nextLink
    }

    mutating func live(_ id: AgentID, _ isLive: Bool = true) {
        let node = LiveAgent(
            agent_id: id, pid: "", hostname: "", ip: "", port: 5051, boot_id: "", incarnation: 1, version: "1.0.3")
        take(.mirror(KernelBatch(changes: [.live(id, isLive ? node : nil)])))
    }

    /// An agent that is registered and live.
    mutating func addAgent(_ number: Int, resources: [Resource] = agentTotal) throws -> (id: AgentID, link: LinkID) {
        let link = subscribeAgent(number, resources: resources)
        guard let id = commands[link]?.first?.agent_id else { throw Failure.notReached }
        live(id)
        return (id, link)
    }

    @discardableResult
    mutating func report(
        _ agent: AgentID, _ framework: FrameworkID, _ task: TaskID, _ state: TaskState, uuid: String = "u", epoch: Int64? = nil
    ) -> Reply? {
        var status = TaskStatus(task_id: task, state: state)
        status.uuid = uuid
        status.source = "SOURCE_EXECUTOR"
        let update = AgentReport.Update(framework_id: framework, status: status, latest_state: state)
        nextRequest += 1
        take(.agentReported(nextRequest, AgentReport(agent_id: agent, epoch: epoch ?? machine.epoch, updates: [update])))
        return replies[nextRequest]
    }

    // MARK: Frameworks

    mutating func subscribe(
        _ stream: StreamID, id: FrameworkID? = nil, name: String = "f", failoverTimeout: Double = 60, capabilities: [String] = [],
        role: String = "*", roles: [String] = [], suppressed: [String] = []
    ) throws -> FrameworkID {
        var info = FrameworkInfo(user: "root", name: name)
        info.capabilities = (capabilities + (roles.isEmpty ? [] : ["MULTI_ROLE"])).map { .init(type: $0) }
        info.role = role
        info.roles = roles
        info.id = id
        info.failover_timeout = failoverTimeout
        take(.schedulerSubscribed(stream, id, .init(framework_info: info, suppressed_roles: suppressed)))
        guard let subscribed = events[stream]?.first?.subscribed else { throw Failure.notReached }
        return subscribed.framework_id
    }

    @discardableResult
    mutating func call(
        _ kind: SchedulerCall.Kind, _ framework: FrameworkID, stream: StreamID?, _ fill: (inout SchedulerCall) -> Void = { _ in }
    ) -> Reply? {
        var call = SchedulerCall(type: kind, framework_id: framework)
        fill(&call)
        nextRequest += 1
        take(.schedulerCalled(nextRequest, call, stream: stream))
        return replies[nextRequest]
    }

    mutating func change(_ change: OperatorRequest, principal: String? = nil) -> Reply? {
        nextRequest += 1
        take(.operatorCalled(nextRequest, change, principal: principal))
        return replies[nextRequest]
    }

    mutating func teardown(_ framework: FrameworkID) -> Reply? {
        nextRequest += 1
        take(.teardown(nextRequest, framework))
        return replies[nextRequest]
    }

    /// Offers that the stream got and that still stand.
    func offers(_ stream: StreamID) -> [Offer] {
        (events[stream] ?? []).flatMap { $0.offers?.offers ?? [] }.filter { machine.offers[$0.id] != nil }
    }

    func updates(_ stream: StreamID) -> [TaskStatus] { (events[stream] ?? []).compactMap { $0.update?.status } }

    func commands(_ link: LinkID, _ kind: AgentCommand.Kind) -> [AgentCommand] { (commands[link] ?? []).filter { $0.type == kind } }

    func task(_ id: String, on agent: AgentID, cpus: Double = 1, mem: Double = 128) -> TaskInfo {
        var task = TaskInfo(
            name: id, task_id: TaskID(id), agent_id: agent, resources: [.scalar("cpus", cpus), .scalar("mem", mem)])
        task.command = CommandInfo(shell: "sleep 1000")
        return task
    }

    mutating func launch(_ tasks: [TaskInfo], _ offers: [Offer], _ framework: FrameworkID, stream: StreamID, refuse: Double = 5) {
        call(.accept, framework, stream: stream) {
            $0.accept = .init(offer_ids: offers.map(\.id), operations: [.launch(tasks)], filters: Filters(refuse_seconds: refuse))
        }
    }
}
