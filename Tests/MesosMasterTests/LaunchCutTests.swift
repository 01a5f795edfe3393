import ClusterState
import ResourceModel
import Testing

@testable import MesosMaster

/// The life of one task, cut at every single step: each write to ZooKeeper, before and after it, and each message. Then the
/// victim's session is over and it comes back with what it knows.
@Suite("Master: sessions that end at every step of a launch")
struct LaunchCutTests {
    @Test("Nothing acknowledged is lost, nothing runs twice, everybody agrees in the end", arguments: MasterHarness.Victim.allCases)
    func everyStep(victim: MasterHarness.Victim) throws {
        var uncut = try Story(victim: victim, cutAt: .max)
        try uncut.tell()
        let steps = uncut.master.steps
        #expect(steps > 25, "the story is too short to be worth cutting")
        for step in 1...steps {
            var story = try Story(victim: victim, cutAt: step)
            try story.tell()
            let context: Comment = "\(victim) cut at step \(step) of \(steps)"
            #expect(story.launches.values.allSatisfy { $0 == 1 }, context)
            #expect(story.lost.isEmpty, context)
            #expect(story.disagreements.isEmpty, context)
            #expect(story.isOver, context)
        }
    }
}

/// One agent, one scheduler, masters that take over; the scheduler launches a task, sees it run, kills it and tears down.
private struct Story {
    let victim: MasterHarness.Victim
    var master: MasterHarness

    private var agent: AgentID?
    private var link: LinkID?
    private var isLive = false
    private var executed = 0
    /// State of each task on the agent, with its unacknowledged update.
    private var tasks: [TaskID: (info: TaskInfo, state: TaskState, unacknowledged: String?)] = [:]
    /// How often each task was started.
    private(set) var launches: [TaskID: Int] = [:]

    private var framework: FrameworkID?
    private var stream: StreamID?
    private var nextStream = 0
    private var heard = 0
    /// What the scheduler believes, by UPDATE.
    private var believed: [TaskID: TaskState] = [:]
    private var nextTask = 0
    private var epoch: Int64 = 7

    /// Tasks that were acknowledged as running and then reported lost although nobody killed them.
    private(set) var lost: [TaskID] = []
    private(set) var disagreements: [String] = []
    private(set) var isOver = false

    init(victim: MasterHarness.Victim, cutAt step: Int) throws {
        self.victim = victim
        master = try MasterHarness()
        master.victim = victim
        master.lastStep = step
    }

    mutating func tell() throws {
        try until("an agent and a scheduler") { $0.agent != nil && $0.framework != nil && $0.stream != nil }
        var running: TaskID?
        try until("a running task") { story in
            if let running = story.believed.first(where: { $0.value == .running })?.key {
                return story.tasks[running]?.unacknowledged == nil
            }
            story.launch()
            return false
        }
        running = believed.first { $0.value == .running }?.key
        guard let task = running else { return }
        try until("a killed task") { story in
            if story.believed[task]?.isTerminal ?? false { return story.tasks[task]?.unacknowledged == nil }
            story.call(.kill) { $0.kill = .init(task_id: task) }
            return false
        }
        if believed[task] != .killed { lost.append(task) }
        // Whoever is asked tells the same.
        call(.reconcile) { $0.reconcile = .init() }
        pump()
        for (id, told) in tasks where !told.state.isTerminal && believed[id] != told.state {
            disagreements.append("\(id) is \(told.state) on the agent, \(believed[id]?.rawValue ?? "unknown") to its scheduler")
        }
        try until("the end") { story in
            guard let framework = story.framework else { return true }
            if story.master.frameworks[framework]?.state == .completed { return true }
            _ = story.master.teardown(framework)
            return false
        }
        pump()
        isOver = tasks.values.allSatisfy { $0.state.isTerminal }
    }

    enum Failure: Error { case never(String) }

    /// Lets the world go on until the condition holds.
    private mutating func until(_ what: String, _ condition: (inout Story) -> Bool) throws {
        for _ in 0..<60 {
            recover()
            if condition(&self) {
                recover()
                return
            }
            pump()
            recover()
            master.pass(2)
        }
        throw Failure.never(what)
    }

    // MARK: The victim's session ends

    private mutating func recover() {
        if master.hasStopped {
            master.lastStep = .max
            switch victim {
            case .master: failOver()
            case .agent:
                // What was on the wire in both directions is gone.
                if let link { master.take(.agentLinkClosed(link)) }
                if let agent { master.live(agent, false) }
                link = nil
                isLive = false
            case .framework:
                if let stream { master.take(.schedulerStreamClosed(stream)) }
                stream = nil
            }
        }
        if let open = link, master.closedLinks.contains(open) { link = nil }
        if let open = stream, master.closedStreams.contains(open) { stream = nil }
        if link == nil { subscribeAgent() }
        if let agent, !isLive {
            master.live(agent)
            isLive = true
        }
        if stream == nil { subscribeScheduler() }
    }

    private mutating func failOver() {
        epoch += 10
        var changes: [KernelChange] = []
        for (id, record) in master.agents { changes.append(.agent(id, record, zxid: epoch - 1)) }
        for (id, record) in master.frameworks { changes.append(.framework(id, record, zxid: epoch - 1)) }
        for (id, pending) in master.kills { changes.append(.kills(id, pending)) }
        for (id, node) in master.machine.mirror.live { changes.append(.live(id, node)) }
        if let agent, !tasks.isEmpty {
            var chunk = TaskChunk(agent_id: agent)
            for task in tasks.values where !(task.state.isTerminal && task.unacknowledged == nil) {
                let record = TaskEntry(
                    info: task.info, framework: FrameworkInfo(user: "root", name: "f"), frameworkID: framework ?? "?", state: task.state
                ).record
                chunk.tasks[record.key] = record
            }
            changes.append(.chunk(agent, "_", chunk))
        }
        master.take(.deposed)
        master.take(.mirror(KernelBatch(changes: changes, isSnapshot: true)))
        link = nil
        stream = nil
        master.lead(epoch: epoch)
    }

    private mutating func subscribeAgent() {
        let running = tasks.values.filter { !($0.state.isTerminal && $0.unacknowledged == nil) }.map {
            AgentRegistration.RunningTask(framework_id: framework ?? "?", task: $0.info, state: $0.state, statuses: [])
        }
        executed = 0
        link = master.subscribeAgent(1, id: agent, tasks: running)
    }

    private mutating func subscribeScheduler() {
        nextStream += 1
        heard = 0
        let name = "s\(nextStream)"
        var info = FrameworkInfo(user: "root", name: "f")
        info.id = framework
        info.failover_timeout = 3600
        stream = name
        master.take(.schedulerSubscribed(name, framework, .init(framework_info: info)))
    }

    // MARK: What agent and scheduler do with what they hear

    private mutating func pump() {
        for _ in 0..<10 {
            hearCommands()
            hearEvents()
        }
    }

    private mutating func hearCommands() {
        guard let link, !(victim == .agent && master.hasStopped) else { return }
        let commands = master.commands[link] ?? []
        for command in commands.dropFirst(executed) {
            executed += 1
            switch command.type {
            case .registered:
                agent = command.agent_id
                for id in tasks.keys.sorted() { resend(id) }
            case .launch:
                for task in command.tasks ?? [] where tasks[task.task_id] == nil {
                    launches[task.task_id, default: 0] += 1
                    tasks[task.task_id] = (task, .running, "r-\(task.task_id)")
                    resend(task.task_id)
                }
            case .kill:
                guard let id = command.task_id, tasks[id]?.state == .running else { continue }
                tasks[id]?.state = .killed
                tasks[id]?.unacknowledged = "k-\(id)"
                resend(id)
            case .acknowledge:
                guard let id = command.task_id, tasks[id]?.unacknowledged == command.uuid else { continue }
                tasks[id]?.unacknowledged = nil
            case .reconcile:
                for expected in command.expected ?? [] where tasks[expected.task_id] == nil {
                    guard let agent else { continue }
                    master.report(agent, expected.framework_id, expected.task_id, .lost, uuid: "l-\(expected.task_id)")
                }
            case .resendUpdates: for id in tasks.keys.sorted() { resend(id) }
            case .shutdownFramework: for id in tasks.keys { tasks[id]?.state = .killed }
            case .shutdown:
                tasks = [:]
                agent = nil
                isLive = false
            case .ping, .message, .shutdownExecutor, .checkpointResources: break
            }
        }
    }

    private mutating func resend(_ id: TaskID) {
        guard let agent, let framework, let task = tasks[id], let uuid = task.unacknowledged else { return }
        master.report(agent, framework, id, task.state, uuid: uuid)
    }

    private mutating func hearEvents() {
        guard let stream, !(victim == .framework && master.hasStopped) else { return }
        let events = master.events[stream] ?? []
        for event in events.dropFirst(heard) {
            heard += 1
            if let subscribed = event.subscribed { framework = subscribed.framework_id }
            guard let status = event.update?.status else { continue }
            believed[status.task_id] = status.state
            guard let uuid = status.uuid, let agent = status.agent_id else { continue }
            call(.acknowledge) { $0.acknowledge = .init(agent_id: agent, task_id: status.task_id, uuid: uuid) }
        }
    }

    /// Launches one task unless one is on its way; asks about that, as schedulers do.
    private mutating func launch() {
        guard let agent, let stream else { return }
        if let last = believed.first(where: { !$0.value.isTerminal })?.key {
            return call(.reconcile) { $0.reconcile = .init(tasks: [.init(task_id: last, agent_id: agent)]) }
        }
        let offers = master.offers(stream).filter { $0.agent_id == agent }
        guard !offers.isEmpty else { return }
        nextTask += 1
        let task = master.task("t\(nextTask)", on: agent)
        believed[task.task_id] = .staging
        call(.accept) { $0.accept = .init(offer_ids: offers.map(\.id), operations: [.launch([task])]) }
    }

    private mutating func call(_ kind: SchedulerCall.Kind, _ fill: (inout SchedulerCall) -> Void) {
        guard let framework, let stream else { return }
        master.call(kind, framework, stream: stream, fill)
    }
}
