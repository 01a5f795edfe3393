import EnsembleModel
import Platform
@testable import Exhibitor

/// A host whose ZooKeeper server obeys the monitor with delays and suffers what the test does to it. Time is virtual.
struct SimulatedHost {
    enum Health: Equatable { case serving, outOfQuorum, hung }
    enum Order: CaseIterable { case start, stop, restart }

    struct Server { var pid: Int32; var health: Health; var bootsUntil: Duration }
    private struct Pending { var at: Duration; var event: MonitorEvent }

    private(set) var machine: ProcessMonitorStateMachine
    private(set) var now = Duration.zero
    private(set) var server: Server?
    private(set) var starts: [Duration] = []
    private(set) var logs: [String] = []
    /// What the machine did that it must never do.
    private(set) var violations: [String] = []
    /// The next starts that fail, and whether a server comes up sick.
    var failingStarts = 0
    var bootHealth = Health.serving
    private var isStarting = false
    private var pending: [Pending] = []
    private var nextPID: Int32 = 100
    private var generator: SeededGenerator

    init(
        settings: ZooKeeperSettings = .example(), timing: MonitorTiming = .example, restartsEnabled: Bool = true,
        seed: UInt64 = 1, running pid: Int32? = nil
    ) {
        machine = ProcessMonitorStateMachine(settings: settings, timing: timing, restartsEnabled: restartsEnabled)
        generator = SeededGenerator(seed: seed)
        server = pid.map { Server(pid: $0, health: .serving, bootsUntil: .zero) }
        submit(.found(pid: pid))
    }

    mutating func submit(_ event: MonitorEvent) {
        for action in machine.handle(event, at: now) { perform(action) }
    }

    /// Lets virtual time pass, delivering what falls due in order.
    mutating func advance(_ span: Duration) {
        let end = now + span
        while true {
            let delivery = pending.indices.min { pending[$0].at < pending[$1].at }
            let deadline = machine.nextDeadline.map { max($0, now) }
            let next = [delivery.map { pending[$0].at }, deadline].compactMap { $0 }.min()
            guard let next, next <= end else { break }
            now = max(now, next)
            if let delivery, pending[delivery].at == next {
                let event = pending.remove(at: delivery).event
                if case .started = event { isStarting = false }
                if case .startFailed = event { isStarting = false }
                submit(event)
            } else {
                submit(.tick)
            }
        }
        now = end
    }

    // MARK: - Faults

    mutating func killServer(by signal: Int32 = 9) {
        guard let victim = server else { return }
        server = nil
        deliver(.exited(pid: victim.pid, .signal(signal)), within: 50)
    }

    mutating func setHealth(_ health: Health) { server?.health = health }

    // MARK: -

    private mutating func perform(_ action: MonitorAction) {
        switch action {
        case .log(_, let text, _): logs.append(text)
        case .start: start()
        case .probe(let run): deliver(.probed(probeResult, run: run), within: server?.health == .hung ? 2000 : 50)
        case .terminate(let pid):
            guard server?.pid == pid else { return }
            if server?.health != .hung { killServer(by: 15) }
        case .kill(let pid):
            if server?.pid == pid { killServer() }
        }
    }

    private mutating func start() {
        if isStarting { violations.append("a start during a start at \(now)") }
        if let server { violations.append("a start while process \(server.pid) runs at \(now)") }
        starts.append(now)
        isStarting = true
        if failingStarts > 0 {
            failingStarts -= 1
            deliver(.startFailed(reason: "no java"), within: 100)
            return
        }
        nextPID += 1
        let delay = Duration.milliseconds(Int.random(in: 1...200, using: &generator))
        pending.append(Pending(at: now + delay, event: .started(pid: nextPID)))
        let boot = Duration.milliseconds(Int.random(in: 0...3000, using: &generator))
        server = Server(pid: nextPID, health: bootHealth, bootsUntil: now + delay + boot)
    }

    private var probeResult: ProbeResult {
        guard let server, server.bootsUntil <= now else { return .noAnswer }
        switch server.health {
        case .serving: return .serving(.follower)
        case .outOfQuorum: return .notServing
        case .hung: return .noAnswer
        }
    }

    private mutating func deliver(_ event: MonitorEvent, within milliseconds: Int) {
        // An exit is told after the start of the same process.
        let earliest = pending.filter { if case .started = $0.event { true } else { false } }.map(\.at).max() ?? now
        let delay = Duration.milliseconds(Int.random(in: 1...milliseconds, using: &generator))
        pending.append(Pending(at: max(now, earliest) + delay, event: event))
    }
}

extension MonitorTiming {
    static var example: MonitorTiming { MonitorTiming(checkInterval: .seconds(30), unhealthyLimit: .seconds(40)) }
}

extension ZooKeeperSettings {
    static func example(
        servers: String = "1:10.0.0.1,2:10.0.0.2,3:10.0.0.3", hostname: String = "10.0.0.2", clientAddress: String? = nil,
        extraLines: [ConfigurationLine] = [
            ConfigurationLine("tickTime", "2000"), ConfigurationLine("initLimit", "10"), ConfigurationLine("syncLimit", "5"),
        ]
    ) -> ZooKeeperSettings {
        ZooKeeperSettings(
            dataDirectory: "/var/lib/dcos/exhibitor/zookeeper/snapshot",
            logDirectory: "/var/lib/dcos/exhibitor/zookeeper/transactions", configDirectory: "/var/lib/dcos/exhibitor/conf",
            pidPath: "/var/lib/dcos/exhibitor/zk.pid", servers: ServerList(parsing: servers), hostname: hostname,
            clientAddress: clientAddress, extraLines: extraLines, heapMegabytes: 512)
    }
}
