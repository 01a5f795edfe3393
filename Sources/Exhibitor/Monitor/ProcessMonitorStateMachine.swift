import EnsembleModel
import Platform

/// Keeps one ZooKeeper server running (contracts/exhibitor.md §8). Pure: time comes in as a duration since any fixed
/// moment, everything to be done comes out as actions.
///
/// ```
///            found(nil)             start ▶            started
/// searching ───────────▶ absent ───────────▶ starting ─────────▶ running
///     │                    ▲ ▲                  │                 │   │ terminate ▶
///     │ found(pid)         │ └──────────────────┘ startFailed     │   ▼
///     └───────────────────▶│      exited (back-off, start again)  │ stopping ──kill ▶ after the grace
///        (to running)      └──────────────────────────────────────┘   │
///                          ▲                    exited                │
///                          └──────────────────────────────────────────┘ (starts again unless stopped by the operator)
/// ```
///
/// Guarantees: never two `start`s without the end of the first server between them; a start that fails or a server that
/// dies waits for the back-off; a server that hangs or is out of its quorum is restarted after `unhealthyLimit`, not
/// before; while the switch is off nothing restarts but by the operator; a change of the list of members alone restarts
/// no server that is and stays a member.
public struct ProcessMonitorStateMachine: Sendable {
    enum Phase: Sendable, Equatable {
        case searching
        case absent
        case starting(then: AfterStart)
        case running(pid: Int32, since: Duration)
        case stopping(pid: Int32, killAt: Duration?, startsAgain: Bool)
    }

    /// What was asked for while the start was under way.
    enum AfterStart: Sendable, Equatable { case run, stop, restart }

    public private(set) var settings: ZooKeeperSettings
    public private(set) var timing: MonitorTiming
    public private(set) var restartsEnabled: Bool
    /// Restarts that were due, also those the switch suppressed.
    public private(set) var restartCount = 0
    /// The last answer of the running server; nil before the first.
    public private(set) var lastProbe: ProbeResult?
    /// When it came.
    public private(set) var lastProbeAt: Duration?
    /// Counts the servers seen; an answer of an earlier one is not taken for the present one's.
    public private(set) var run = 0

    private(set) var phase = Phase.searching
    private var backoff = RestartBackoff()
    private var startAt: Duration?
    private var nextCheck: Duration?
    private var nextProbe: Duration?
    private var isProbing = false
    private var unhealthySince: Duration?
    private var servingSince: Duration?
    private var saidSkipped = false
    /// Why a start is put off.
    private var deferral: String?
    /// The running server was started with other settings than these.
    private var isOutdated = false

    public init(settings: ZooKeeperSettings, timing: MonitorTiming, restartsEnabled: Bool) {
        self.settings = settings
        self.timing = timing
        self.restartsEnabled = restartsEnabled
    }

    // MARK: - What is

    public var state: ServerState {
        switch phase {
        case .searching: return .latent
        case .absent, .starting: return settings.isBlank || deferral != nil ? .latent : .down
        case .running, .stopping:
            switch lastProbe {
            case nil, .noAnswer: return .down
            case .notServing: return .notServing
            case .serving: return .serving
            }
        }
    }

    /// Also true of a standalone server.
    public var isLeader: Bool {
        guard state == .serving, case .serving(let mode) = lastProbe else { return false }
        return mode == .leader || mode == .standalone
    }

    public var pid: Int32? {
        switch phase {
        case .running(let pid, _), .stopping(let pid, _, _): pid
        case .searching, .absent, .starting: nil
        }
    }

    /// Nil while the server does not serve.
    public var mode: ProbeResult.Mode? {
        guard state == .serving, case .serving(let mode) = lastProbe else { return nil }
        return mode
    }

    /// The running server was started with the present settings.
    public var runsCurrentSettings: Bool {
        if case .running = phase { !isOutdated } else { false }
    }

    /// When `tick` is due next; nil: only an event changes anything.
    public var nextDeadline: Duration? {
        switch phase {
        case .searching, .starting: nil
        case .absent: [startAt, nextCheck].compactMap { $0 }.min()
        case .running: isProbing ? nil : nextProbe
        case .stopping(_, let killAt, _): killAt
        }
    }

    // MARK: - What happens

    public mutating func handle(_ event: MonitorEvent, at now: Duration) -> [MonitorAction] {
        switch event {
        case .found(let pid, let isCurrent): found(pid, isCurrent: isCurrent, at: now)
        case .started(let pid): started(pid, at: now)
        case .startFailed(let reason): startFailed(reason, at: now)
        case .startDeferred(let reason): startDeferred(reason, at: now)
        case .exited(let pid, let exit): exited(pid, exit, at: now)
        case .probed(let result, let run): probed(result, run: run, at: now)
        case .tick: tick(at: now)
        case .operatorStart: operatorStart(at: now)
        case .operatorStop: operatorStop(at: now)
        case .operatorRestart: operatorRestart(at: now)
        case .restartsSwitched(let enabled): switchRestarts(enabled, at: now)
        case .configured(let settings, let timing): configure(settings, timing, at: now)
        }
    }

    private mutating func found(_ pid: Int32?, isCurrent: Bool, at now: Duration) -> [MonitorAction] {
        guard phase == .searching else { return [] }
        guard let pid else {
            phase = .absent
            return check(at: now)
        }
        let actions = [.log(.info, "Adopted the running ZooKeeper server, process \(pid)")] + beginRun(pid, at: now)
        guard !isCurrent else { return actions }
        isOutdated = true
        return actions + restart(because: "it was started with another configuration", at: now)
    }

    private mutating func started(_ pid: Int32, at now: Duration) -> [MonitorAction] {
        guard case .starting(let then) = phase else { return [] }
        deferral = nil
        let actions: [MonitorAction] = [.log(.info, "ZooKeeper server started, process \(pid)", topic: .restart)] + beginRun(pid, at: now)
        switch then {
        case .run: return actions
        case .stop: return actions + stop(startsAgain: false, at: now)
        case .restart: return actions + stop(startsAgain: true, at: now)
        }
    }

    private mutating func startFailed(_ reason: String, at now: Duration) -> [MonitorAction] {
        guard case .starting(let then) = phase else { return [] }
        phase = .absent
        let actions: [MonitorAction] = [.log(.error, "ZooKeeper server did not start: \(reason)")]
        guard then != .stop else {
            nextCheck = now + timing.checkInterval
            return actions
        }
        return actions + startAfterDeath(at: now)
    }

    /// A server that may not start yet, because it is not known with which members.
    private mutating func startDeferred(_ reason: String, at now: Duration) -> [MonitorAction] {
        guard case .starting(let then) = phase else { return [] }
        phase = .absent
        let isNew = deferral != reason
        deferral = reason
        nextCheck = now + timing.checkInterval
        startAt = then == .stop ? nil : now + timing.deferredStartInterval
        return isNew ? [.log(.info, "ZooKeeper is not started yet: \(reason)")] : []
    }

    private mutating func exited(_ pid: Int32, _ exit: ProcessExit, at now: Duration) -> [MonitorAction] {
        switch phase {
        case .running(pid, _):
            if let since = servingSince, now - since >= timing.steadyRun { backoff.reset() }
            endRun()
            // 3 is HotSpot's code for -XX:+ExitOnOutOfMemoryError.
            let reason = exit == .code(3) ? "\(exit) (out of memory: raise the heap or lessen the data)" : "\(exit)"
            return [.log(.error, "ZooKeeper server (process \(pid)) \(reason)", topic: .restart)] + startAfterDeath(at: now)
        case .stopping(pid, _, let startsAgain):
            endRun()
            let actions: [MonitorAction] = [.log(.info, "ZooKeeper server stopped")]
            if startsAgain, mayRun { return actions + start() }
            nextCheck = now + timing.checkInterval
            return actions
        default:
            return []
        }
    }

    private mutating func probed(_ result: ProbeResult, run: Int, at now: Duration) -> [MonitorAction] {
        guard run == self.run, case .running(_, let since) = phase else {
            if run == self.run { isProbing = false }
            return []
        }
        isProbing = false
        let before = state
        lastProbe = result
        lastProbeAt = now
        var actions: [MonitorAction] = []
        if state != before { actions.append(.log(.info, "State: \(state.description)\(isLeader ? " (leader)" : "")", topic: .state)) }
        if state == .serving {
            servingSince = servingSince ?? now
            unhealthySince = nil
            nextProbe = now + timing.checkInterval
            return actions
        }
        servingSince = nil
        nextProbe = now + min(timing.checkInterval, timing.eagerProbeInterval)
        let unhealthy = unhealthySince ?? (before == .serving ? now : since)
        unhealthySince = unhealthy
        guard now - unhealthy > timing.unhealthyLimit else { return actions }
        // The timer starts anew whether the restart happens or not.
        unhealthySince = now
        return actions
            + restart(because: "it has been \(state.description) for \((now - unhealthy).components.seconds) s", at: now)
    }

    private mutating func tick(at now: Duration) -> [MonitorAction] {
        switch phase {
        case .searching, .starting:
            return []
        case .absent:
            if let due = startAt, due <= now {
                startAt = nil
                return mayRun ? start() : []
            }
            if let due = nextCheck, due <= now { return check(at: now) }
            return []
        case .running:
            guard !isProbing, let due = nextProbe, due <= now else { return [] }
            return probe()
        case .stopping(let pid, let killAt?, let startsAgain):
            guard killAt <= now else { return [] }
            phase = .stopping(pid: pid, killAt: nil, startsAgain: startsAgain)
            return [
                .log(.error, "ZooKeeper server ignored SIGTERM for \(timing.stopGrace.components.seconds) s: killing process \(pid)"),
                .kill(pid: pid),
            ]
        case .stopping:
            return []
        }
    }

    // MARK: - The operator

    private mutating func operatorStart(at now: Duration) -> [MonitorAction] {
        backoff.reset()
        switch phase {
        case .searching, .running: return []
        case .absent: return mayRun ? start() : explainIdle()
        case .starting: phase = .starting(then: .run)
        case .stopping(let pid, let killAt, _): phase = .stopping(pid: pid, killAt: killAt, startsAgain: true)
        }
        return []
    }

    private mutating func operatorStop(at now: Duration) -> [MonitorAction] {
        switch phase {
        case .searching: return []
        case .absent:
            startAt = nil
            nextCheck = now + timing.checkInterval
        case .starting: phase = .starting(then: .stop)
        case .running: return stop(startsAgain: false, at: now)
        case .stopping(let pid, let killAt, _): phase = .stopping(pid: pid, killAt: killAt, startsAgain: false)
        }
        return []
    }

    private mutating func operatorRestart(at now: Duration) -> [MonitorAction] {
        backoff.reset()
        restartCount += 1
        switch phase {
        case .running: return stop(startsAgain: true, at: now)
        case .starting:
            phase = .starting(then: .restart)
            return []
        default: return operatorStart(at: now)
        }
    }

    private mutating func switchRestarts(_ enabled: Bool, at now: Duration) -> [MonitorAction] {
        guard enabled != restartsEnabled else { return [] }
        restartsEnabled = enabled
        saidSkipped = false
        startAt = nil
        guard phase == .absent else { return [] }
        return enabled ? check(at: now) : []
    }

    private mutating func configure(
        _ new: ZooKeeperSettings, _ newTiming: MonitorTiming, at now: Duration
    ) -> [MonitorAction] {
        let old = settings
        settings = new
        timing = newTiming
        // The search ends with a look at what the found server was started with.
        guard phase != .searching else { return [] }
        var comparable = old
        comparable.servers = new.servers
        comparable.imposedServers = new.imposedServers
        comparable.expectedSize = new.expectedSize
        comparable.isFormed = new.isFormed
        let listReason = reasonInList(from: old, to: new)
        guard listReason != nil || comparable != new else {
            // An absent server may have waited for this very list.
            return old.servers == new.servers ? [] : reconsider(at: now)
        }
        let reason = listReason ?? "ZooKeeper related configuration has changed"
        backoff.reset()
        if !mayRun, case .running = phase {
            return [.log(.info, reason)] + explainIdle() + stop(startsAgain: false, at: now)
        }
        if case .running = phase { isOutdated = true }
        return [.log(.info, reason)] + restart(because: "of its new configuration", at: now)
    }

    /// Members come and go by reconfiguration of the running ensemble. Only a change of our own place needs a restart:
    /// another id, no place at all, a list imposed without a quorum, or a server that ran alone and becomes the first
    /// member of an ensemble.
    private func reasonInList(from old: ZooKeeperSettings, to new: ZooKeeperSettings) -> String? {
        let reason = "Server list has changed"
        if old.ourServer?.id != new.ourServer?.id { return reason }
        if let imposed = new.imposedServers, imposed != old.imposedServers { return "The operator imposed a server list" }
        if case .serving(.standalone) = lastProbe, new.servers.servers.count > 1 { return reason }
        return nil
    }

    private mutating func reconsider(at now: Duration) -> [MonitorAction] {
        guard phase == .absent else { return [] }
        if startAt != nil || deferral != nil { return [] }
        return check(at: now)
    }

    // MARK: - Parts

    /// A server without a data directory, or one that the list leaves out, is not started: alone, with the data of a
    /// member, it would be a second ensemble under the same name.
    private var mayRun: Bool {
        !settings.isBlank && (settings.servers.isEmpty || settings.ourServer != nil)
    }

    private func explainIdle() -> [MonitorAction] {
        guard !settings.isBlank else { return [] }
        return [.log(.error, "This host (\(settings.hostname)) is not in the server list \(settings.servers): ZooKeeper does not run here")]
    }

    /// The live check of a server that is not there.
    private mutating func check(at now: Duration) -> [MonitorAction] {
        nextCheck = now + timing.checkInterval
        guard startAt == nil, !settings.isBlank else { return [] }
        guard mayRun else {
            defer { saidSkipped = true }
            return saidSkipped ? [] : explainIdle()
        }
        return restart(because: "it is down", at: now)
    }

    private mutating func restart(because reason: String, at now: Duration) -> [MonitorAction] {
        restartCount += 1
        guard restartsEnabled else {
            defer { saidSkipped = true }
            return saidSkipped ? [] : [.log(.info, "ZooKeeper would be restarted because \(reason), but restarts are switched off")]
        }
        switch phase {
        case .searching:
            return []
        case .absent:
            guard mayRun else { return [] }
            return [.log(.info, "Starting ZooKeeper because \(reason)")] + start()
        case .starting:
            phase = .starting(then: .restart)
            return []
        case .running:
            return [.log(.error, "Restarting ZooKeeper because \(reason)", topic: .restart)] + stop(startsAgain: true, at: now)
        case .stopping(let pid, let killAt, _):
            phase = .stopping(pid: pid, killAt: killAt, startsAgain: true)
            return []
        }
    }

    /// A death nobody asked for: start again after the back-off.
    private mutating func startAfterDeath(at now: Duration) -> [MonitorAction] {
        let wait = backoff.next()
        nextCheck = now + max(wait, timing.checkInterval)
        guard restartsEnabled, mayRun else {
            return restart(because: "it is down", at: now)
        }
        restartCount += 1
        guard wait > .zero else { return start() }
        startAt = now + wait
        return [.log(.info, "Starting ZooKeeper again in \(wait.components.seconds) s")]
    }

    private mutating func start() -> [MonitorAction] {
        phase = .starting(then: .run)
        startAt = nil
        saidSkipped = false
        isOutdated = false
        return [.start]
    }

    private mutating func stop(startsAgain: Bool, at now: Duration) -> [MonitorAction] {
        guard case .running(let pid, _) = phase else { return [] }
        phase = .stopping(pid: pid, killAt: now + timing.stopGrace, startsAgain: startsAgain)
        return [.terminate(pid: pid)]
    }

    private mutating func beginRun(_ pid: Int32, at now: Duration) -> [MonitorAction] {
        phase = .running(pid: pid, since: now)
        run += 1
        lastProbe = nil
        unhealthySince = nil
        servingSince = nil
        isProbing = false
        return probe()
    }

    private mutating func endRun() {
        phase = .absent
        lastProbe = nil
        lastProbeAt = nil
        isProbing = false
    }

    private mutating func probe() -> [MonitorAction] {
        isProbing = true
        nextProbe = nil
        return [.probe(run: run)]
    }
}
