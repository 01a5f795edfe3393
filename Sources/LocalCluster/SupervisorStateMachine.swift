/// What the supervisor of a local cluster decides: exits, answers of probes and the clock in, starts and stops out.
///
/// A component is started when those it waits for are ready. One that ends is started again after a pause that doubles from
/// 0.5 s to 15 s and is forgotten after 30 s of readiness. One that ends `patience` times without ever having been ready
/// has failed: the operator has to look.
public struct SupervisorStateMachine: Sendable {
    public enum Phase: String, Codable, Sendable, Hashable {
        /// For what it depends on.
        case waiting
        /// The process runs, the probe does not succeed yet.
        case starting
        case ready
        /// It ended and will be started again.
        case restarting
        /// It ended again and again without getting ready.
        case failed
        case stopping
        case stopped
    }

    public struct Component: Codable, Sendable, Hashable {
        public var name: String
        public var phase: Phase = .waiting
        public var pid: Int32?
        /// How often it was started again.
        public var restarts = 0
        /// How its last process ended.
        public var lastExit: String?
        /// Seconds from its start until it was ready.
        public var readyAfter: Double?
        var after: [String] = []
        var wasReady = false
        var quickExits = 0
        var startedAt: Double = 0
        var readySince: Double?
        var startAt: Double?
    }

    public enum Event: Sendable {
        /// A process of an earlier supervisor was found running.
        case adopted(String, pid: Int32)
        case started(String, pid: Int32)
        /// The process could not be started at all.
        case startFailed(String, reason: String)
        case exited(String, reason: String)
        case probed(String, isReady: Bool)
        case tick
        case stop
    }

    public enum Action: Sendable, Hashable {
        case start(String)
        /// SIGTERM now, SIGKILL after the grace period.
        case terminate(String)
        case probe(String)
        case finished
    }

    public static let patience = 3

    /// In starting order.
    public private(set) var components: [Component]
    public private(set) var isStopping = false
    private var isFinished = false

    public init(plan: [ComponentPlan]) {
        components = plan.map { plan in
            var component = Component(name: plan.name)
            component.after = plan.after
            return component
        }
    }

    /// - now: seconds of a monotonic clock.
    public mutating func handle(_ event: Event, now: Double) -> [Action] {
        switch event {
        case .adopted(let name, let pid), .started(let name, let pid):
            let isStopping = isStopping
            update(name) { component in
                component.phase = isStopping ? .stopping : .starting
                component.pid = pid
                component.startedAt = now
                component.readySince = nil
                component.startAt = nil
            }
            // A process that came up while everything is being stopped has to go, too.
            return isStopping ? [.terminate(name)] : [.probe(name)]
        case .startFailed(let name, let reason), .exited(let name, let reason):
            return ended(name, reason, now)
        case .probed(let name, let isReady):
            update(name) { component in
                guard component.pid != nil, [.starting, .ready].contains(component.phase) else { return }
                if isReady {
                    if component.readySince == nil {
                        component.readySince = now
                        component.readyAfter = now - component.startedAt
                    }
                    component.phase = .ready
                    component.wasReady = true
                } else {
                    component.phase = .starting
                    component.readySince = nil
                }
            }
            return due(now)
        case .tick:
            return due(now) + (isStopping ? [] : components.filter { $0.pid != nil }.map { .probe($0.name) })
        case .stop:
            isStopping = true
            for index in components.indices where components[index].pid == nil { components[index].phase = .stopped }
            return stopNext()
        }
    }

    private mutating func update(_ name: String, _ body: (inout Component) -> Void) {
        guard let index = components.firstIndex(where: { $0.name == name }) else { return }
        body(&components[index])
    }

    private mutating func ended(_ name: String, _ reason: String, _ now: Double) -> [Action] {
        let isStopping = isStopping
        update(name) { component in
            component.pid = nil
            component.lastExit = reason
            if isStopping {
                component.phase = .stopped
                return
            }
            if let since = component.readySince, now - since >= 30 { component.quickExits = 0 }
            component.quickExits += 1
            component.restarts += 1
            component.readySince = nil
            if !component.wasReady, component.quickExits >= Self.patience {
                component.phase = .failed
            } else {
                component.phase = .restarting
                let doublings = min(component.quickExits - 1, 5)
                component.startAt = now + min(15, 0.5 * Double(1 << doublings))
            }
        }
        return isStopping ? stopNext() : []
    }

    private mutating func due(_ now: Double) -> [Action] {
        guard !isStopping else { return stopNext() }
        var actions: [Action] = []
        // What has been ready once counts: a component that restarts must not hold the others up.
        let ready = Set(components.filter(\.wasReady).map(\.name))
        for index in components.indices where components[index].pid == nil {
            let component = components[index]
            switch component.phase {
            case .waiting where component.startAt == nil && component.after.allSatisfy(ready.contains):
                // Told once; the answer is `started` or `startFailed`.
                components[index].startAt = .infinity
                actions.append(.start(component.name))
            case .restarting where now >= component.startAt ?? 0:
                components[index].startAt = .infinity
                actions.append(.start(component.name))
            default: break
            }
        }
        return actions
    }

    /// Stops in the reverse of the starting order, and those that start together together: what depends on others goes first.
    private mutating func stopNext() -> [Action] {
        let running = components.indices.filter { components[$0].pid != nil }
        guard !running.isEmpty else {
            if isFinished { return [] }
            isFinished = true
            return [.finished]
        }
        let needed = Set(running.flatMap { components[$0].after })
        var actions: [Action] = []
        for index in running where !needed.contains(components[index].name) && components[index].phase != .stopping {
            components[index].phase = .stopping
            actions.append(.terminate(components[index].name))
        }
        return actions
    }
}
