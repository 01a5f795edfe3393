import ResourceModel

/// What one framework was promised, and whether the promises were kept. Pure.
///
/// - A launch that was never heard of again is no loss: a 202 to ACCEPT only says that the call arrived. Such tasks are
///   counted as `undelivered` and launched anew under other ids.
/// - Once an update was acknowledged it stands: a task whose TASK_RUNNING was acknowledged may only end because it was
///   killed or finished, and one whose end was acknowledged may not come back.
struct FrameworkLedger: Sendable {
    struct Entry: Sendable {
        var agent: AgentID
        var launched: ContinuousClock.Instant
        var isRunning = false
        var isRunningAcknowledged = false
        var killed: ContinuousClock.Instant?
    }

    private(set) var active: [TaskID: Entry] = [:]
    /// Tasks whose terminal update was acknowledged or needs no acknowledgement; the newest.
    private(set) var ended: Set<TaskID> = []
    private(set) var problems: [String] = []
    private(set) var launchedCount = 0
    private(set) var runningCount = 0
    private(set) var acknowledgedRunning = 0
    private(set) var endedCount = 0
    private(set) var undelivered = 0
    private(set) var reconciledTerminal = 0
    private(set) var launchToRunning = Times()
    private(set) var updates = Times()
    private(set) var killToEnd = Times()
    /// Oldest first; may name tasks that ended meanwhile.
    private var killable: [TaskID] = []
    private var nextKillable = 0

    mutating func launched(_ tasks: [TaskID], on agent: AgentID, at now: ContinuousClock.Instant) {
        for task in tasks { active[task] = Entry(agent: agent, launched: now) }
        launchedCount += tasks.count
    }

    /// The call surely did not arrive.
    mutating func notLaunched(_ tasks: [TaskID]) {
        for task in tasks { active[task] = nil }
        launchedCount -= tasks.count
    }

    /// Takes an update in.
    /// - time: seconds since the epoch.
    mutating func updated(_ status: TaskStatus, at now: ContinuousClock.Instant, time: Double) {
        let id = status.task_id
        if status.uuid != nil, let made = status.timestamp { updates.add(.microseconds(Int64(max(0, time - made) * 1e6))) }
        guard var entry = active[id] else {
            if ended.contains(id), !status.state.isTerminal { problems.append("task \(id) is \(status.state.rawValue) after its end") }
            return
        }
        if status.state.isTerminal {
            finish(id, entry, status, at: now)
        } else if status.state == .running {
            if !entry.isRunning {
                entry.isRunning = true
                runningCount += 1
                killable.append(id)
            }
            active[id] = entry
        }
    }

    /// The master took the acknowledgement.
    mutating func acknowledged(_ status: TaskStatus, at now: ContinuousClock.Instant) {
        guard status.state == .running, var entry = active[status.task_id], !entry.isRunningAcknowledged else { return }
        entry.isRunningAcknowledged = true
        active[status.task_id] = entry
        acknowledgedRunning += 1
        launchToRunning.add(now - entry.launched)
    }

    private mutating func finish(_ id: TaskID, _ entry: Entry, _ status: TaskStatus, at now: ContinuousClock.Instant) {
        active[id] = nil
        switch status.state {
        case .finished, .killed:
            if status.uuid == nil { reconciledTerminal += 1 }
            if let killed = entry.killed { killToEnd.add(now - killed) }
            endedCount += 1
            ended.insert(id)
        default:
            if entry.isRunningAcknowledged {
                problems.append(
                    "task \(id) became \(status.state.rawValue) (\(status.message ?? "")) after its TASK_RUNNING was acknowledged")
            } else {
                undelivered += 1
            }
            // It may be in the middle of its last update; what runs at the end is looked at then.
            ended.insert(id)
        }
    }

    // MARK: Kills

    /// The task that has run longest without being killed.
    mutating func nextToKill(at now: ContinuousClock.Instant) -> (TaskID, AgentID)? {
        while nextKillable < killable.count {
            let id = killable[nextKillable]
            nextKillable += 1
            guard var entry = active[id], entry.killed == nil, entry.isRunningAcknowledged else { continue }
            entry.killed = now
            active[id] = entry
            return (id, entry.agent)
        }
        killable = []
        nextKillable = 0
        for (id, entry) in active where entry.isRunning && entry.killed == nil { killable.append(id) }
        return nil
    }

    /// Kills without an end after some time: asked for again.
    func overdueKills(before limit: ContinuousClock.Instant) -> [(TaskID, AgentID)] {
        active.filter { $0.value.killed.map { $0 < limit } ?? false }.map { ($0.key, $0.value.agent) }
    }

    /// Launches without news after some time: asked about.
    func silentLaunches(before limit: ContinuousClock.Instant) -> [(TaskID, AgentID)] {
        active.filter { !$0.value.isRunning && $0.value.launched < limit }.map { ($0.key, $0.value.agent) }
    }

    /// Every task is known to run, with its update acknowledged, and nobody wants it to end.
    var isSettled: Bool { active.values.allSatisfy { $0.isRunningAcknowledged && $0.killed == nil } }
}
