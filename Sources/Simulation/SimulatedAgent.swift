import ClusterState
import FoundationEssentials
import ResourceModel

/// All decisions of one simulated agent: a task runs at once and until it is told to end. No clock, no I/O.
///
/// It keeps the rules of a real agent that matter to a master: one status-update stream per task with one update in flight,
/// heads sent again after 10 s and at each registration, no task started twice, commands of lower epochs refused.
struct SimulatedAgent: Sendable {
    struct Running: Sendable {
        var info: TaskInfo
        var framework: FrameworkID
        var user: String
        var state: TaskState
        /// Everything that happened, oldest first.
        var statuses: [TaskStatus] = []
        /// Not acknowledged, oldest first.
        var pending: [TaskStatus] = []
        /// When the head of `pending` was sent.
        var sent: ContinuousClock.Instant?
        /// `"key":{record}` as it stands in the chunk.
        var json: [UInt8] = []
    }

    static let retryAfter = Duration.seconds(10)

    let number: Int
    let ip: String
    private(set) var id: AgentID?
    private(set) var epoch: Int64 = 0
    private(set) var isConnected = false
    /// By `<framework id>/<task id>`.
    private(set) var tasks: [String: Running] = [:]
    private(set) var frameworks: [FrameworkID: FrameworkInfo] = [:]
    /// The task chunk in ZooKeeper is older than `tasks`.
    var isDirty = false
    /// Updates to report, in the order they came.
    private(set) var outbox: [AgentReport.Update] = []
    /// A master removed this agent.
    private(set) var isForgotten = false
    /// Tasks that were started by the last command.
    private(set) var started: [TaskID] = []

    init(number: Int, ip: String) {
        self.number = number
        self.ip = ip
    }

    // MARK: The master

    func registration(info: AgentInfo, pid: String) -> AgentRegistration {
        var info = info
        info.id = id
        return AgentRegistration(
            agent_info: info, pid: pid, incarnation: 1, version: "1.0.3",
            tasks: tasks.values.map { .init(framework_id: $0.framework, task: $0.info, state: $0.state, statuses: $0.statuses) },
            frameworks: Array(frameworks.values))
    }

    mutating func disconnected() {
        isConnected = false
        outbox = []
    }

    /// - Returns: false when the command comes from a deposed master.
    mutating func handle(_ command: AgentCommand, at now: ContinuousClock.Instant, time: Double) -> Bool {
        guard command.epoch >= epoch else { return false }
        epoch = command.epoch
        started = []
        switch command.type {
        case .registered:
            id = command.agent_id
            isConnected = true
            for key in tasks.keys { send(key, at: now) }
        case .launch:
            guard let framework = command.framework_info, let id = framework.id else { break }
            frameworks[id] = framework
            for task in command.tasks ?? [] { launch(task, of: framework, id, at: now, time: time) }
        case .kill:
            guard let task = command.task_id, let framework = command.framework_id else { break }
            let key = "\(framework)/\(task)"
            if tasks[key] == nil {
                answerLost(task, of: framework, time: time)
            } else {
                end(key, as: .killed, at: now, time: time)
            }
        case .acknowledge:
            guard let task = command.task_id, let framework = command.framework_id, let uuid = command.uuid else { break }
            acknowledge("\(framework)/\(task)", uuid, at: now)
        case .shutdownFramework:
            for (key, task) in tasks where task.framework == command.framework_id { end(key, as: .killed, at: now, time: time) }
        case .resendUpdates:
            for (key, task) in tasks where task.framework == command.framework_id { send(key, at: now) }
        case .reconcile:
            for expected in command.expected ?? [] where tasks["\(expected.framework_id)/\(expected.task_id)"] == nil {
                answerLost(expected.task_id, of: expected.framework_id, time: time)
            }
        case .shutdown:
            isForgotten = true
        case .ping, .message, .shutdownExecutor, .checkpointResources: break
        }
        return true
    }

    mutating func takeOutbox() -> [AgentReport.Update] {
        defer { outbox = [] }
        return outbox
    }

    /// Heads that nobody acknowledged for long.
    mutating func tick(at now: ContinuousClock.Instant) {
        guard isConnected else { return }
        for (key, task) in tasks where task.sent.map({ now - $0 >= Self.retryAfter }) ?? false { send(key, at: now) }
    }

    // MARK: Tasks

    /// Ends one task that runs, as if its command had ended; nil when none runs.
    mutating func finishOne(at now: ContinuousClock.Instant, time: Double) -> TaskID? {
        guard let (key, task) = tasks.first(where: { $0.value.state == .running && $0.value.pending.isEmpty }) else { return nil }
        end(key, as: .finished, at: now, time: time)
        return task.info.task_id
    }

    private mutating func launch(
        _ info: TaskInfo, of framework: FrameworkInfo, _ id: FrameworkID, at now: ContinuousClock.Instant, time: Double
    ) {
        let key = "\(id)/\(info.task_id)"
        // The order may come twice, over two connections.
        guard tasks[key] == nil else { return }
        started.append(info.task_id)
        tasks[key] = Running(info: info, framework: id, user: framework.user, state: .staging)
        record(.running, of: key, at: now, time: time)
    }

    private mutating func end(_ key: String, as state: TaskState, at now: ContinuousClock.Instant, time: Double) {
        guard let task = tasks[key], !task.state.isTerminal else { return }
        record(state, of: key, at: now, time: time)
    }

    private mutating func record(_ state: TaskState, of key: String, at now: ContinuousClock.Instant, time: Double) {
        guard var task = tasks[key] else { return }
        var status = TaskStatus(task_id: task.info.task_id, state: state)
        status.agent_id = id
        status.timestamp = time
        status.source = "SOURCE_EXECUTOR"
        status.executor_id = ExecutorID(task.info.task_id.value)
        status.uuid = Self.uuid()
        status.container_status = ContainerStatus(network_infos: [NetworkInfo(ip_addresses: [.init(ip_address: ip)])])
        task.state = state
        task.statuses.append(status)
        task.pending.append(status)
        task.json = Self.json(task)
        tasks[key] = task
        isDirty = true
        if task.pending.count == 1 { send(key, at: now) }
    }

    private mutating func acknowledge(_ key: String, _ uuid: String, at now: ContinuousClock.Instant) {
        guard var task = tasks[key], task.pending.first?.uuid == uuid else { return }
        task.pending.removeFirst()
        task.sent = nil
        tasks[key] = task
        if !task.pending.isEmpty {
            send(key, at: now)
        } else if task.state.isTerminal {
            tasks[key] = nil
            isDirty = true
        }
    }

    private mutating func send(_ key: String, at now: ContinuousClock.Instant) {
        guard isConnected, var task = tasks[key], let head = task.pending.first else { return }
        task.sent = now
        tasks[key] = task
        outbox.append(.init(framework_id: task.framework, status: head, latest_state: task.state))
    }

    /// Not kept until it is acknowledged: the framework asks again when it did not hear.
    private mutating func answerLost(_ task: TaskID, of framework: FrameworkID, time: Double) {
        guard isConnected else { return }
        var status = TaskStatus(task_id: task, state: .lost)
        status.agent_id = id
        status.timestamp = time
        status.source = "SOURCE_AGENT"
        status.reason = "REASON_RECONCILIATION"
        status.message = "Reconciliation: task unknown to the agent"
        status.uuid = Self.uuid()
        outbox.append(.init(framework_id: framework, status: status, latest_state: .lost))
    }

    // MARK: ZooKeeper

    /// The only chunk: configurations are bounded so that no agent needs a second one.
    var chunk: Data {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(tasks.values.reduce(96) { $0 + $1.json.count + 1 })
        bytes.append(contentsOf: #"{"agent_id":"#.utf8)
        bytes.append(contentsOf: id.flatMap { try? ClusterJSON.encode($0) } ?? Data("null".utf8))
        bytes.append(contentsOf: #","tasks":{"#.utf8)
        var isFirst = true
        for task in tasks.values {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            bytes.append(contentsOf: task.json)
        }
        bytes.append(contentsOf: #"},"v":1}"#.utf8)
        return Data(bytes)
    }

    private static func json(_ task: Running) -> [UInt8] {
        var record = TaskRecord(
            id: task.info.task_id, name: task.info.name, framework_id: task.framework, state: task.state, resources: task.info.resources)
        record.user = task.user
        record.discovery = task.info.discovery
        record.labels = task.info.labels?.labels
        record.statuses = task.statuses.suffix(2).map {
            TaskStatusRecord(state: $0.state, timestamp: $0.timestamp ?? 0, container_status: $0.container_status)
        }
        record.status_update = task.statuses.last.map { .init(state: $0.state, uuid: $0.uuid) }
        // Structs of texts and finite numbers always encode.
        guard let key = try? ClusterJSON.encode(record.key), let value = try? ClusterJSON.encode(record) else { return [] }
        return Array(key) + [UInt8(ascii: ":")] + value
    }

    /// Sixteen random bytes with the version and variant of a random UUID, in base64.
    private static func uuid() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        return Data(bytes).base64EncodedString()
    }
}
