import AppModel
import ResourceModel

/// Where actions go: each kind into its own ordered stream, so that performing them never waits.
struct TermOutlets: Sendable {
    let nodes: NodeWriter
    let checker: HealthChecker
    let calls: AsyncStream<MesosCall>.Continuation
    let acknowledgements: AsyncStream<TaskStatus>.Continuation
    let events: AsyncStream<[MarathonEvent]>.Continuation
    let settlements: AsyncStream<String>.Continuation
    let wakes: AsyncStream<Timestamp>.Continuation

    func perform(_ actions: [EngineAction]) {
        for action in actions {
            switch action {
            case .store(let writes, let then):
                nodes.submit(writes) { isDurable in
                    if isDurable { perform(then) }
                }
            case .call(let call): calls.yield(call)
            case .acknowledge(let status): acknowledgements.yield(status)
            case .publish(let published): events.yield(published)
            case .check(let task, let targets): checker.check(task: task, targets)
            case .probe(let task, let target): checker.probe(task: task, target)
            case .settle(let deployment): settlements.yield(deployment)
            case .wake(let time): wakes.yield(time)
            }
        }
    }

    /// Ends the term: the consumers of the streams return.
    func finish() {
        calls.finish()
        acknowledgements.finish()
        events.finish()
        settlements.finish()
        wakes.finish()
    }
}

extension MesosCall {
    /// For the log.
    var name: String {
        switch self {
        case .accept: "ACCEPT"
        case .decline: "DECLINE"
        case .kill: "KILL"
        case .reconcile: "RECONCILE"
        case .revive: "REVIVE"
        case .suppress: "SUPPRESS"
        }
    }
}
