import ResourceModel
import Synchronization

/// What really happened on the agents, over all of them: how often each task was started, and what must not have happened.
final class RunLog: Sendable {
    private struct State {
        var starts: [TaskID: Int] = [:]
        var problems: [String] = []
        var problemCount = 0
        var agentShutdowns = 0
        var restoredSessions = 0
    }
    /// Problems that are kept as text; the others are counted.
    private static let maximumProblems = 20
    private let state = Mutex(State())

    /// A task starts on an agent. Ids are never used twice by the simulated frameworks: a second start is a second run.
    func started(_ task: TaskID, on agent: Int) {
        state.withLock { state in
            let count = (state.starts[task] ?? 0) + 1
            state.starts[task] = count
            if count > 1 { Self.add("task \(task) was started \(count) times, the last time on agent \(agent)", to: &state) }
        }
    }

    func hasStarted(_ task: TaskID) -> Bool { state.withLock { $0.starts[task] != nil } }

    func report(_ problem: String) { state.withLock { Self.add(problem, to: &$0) } }

    /// A master removed an agent.
    func agentShutDown() { state.withLock { $0.agentShutdowns += 1 } }

    var problems: (texts: [String], count: Int) { state.withLock { ($0.problems, $0.problemCount) } }
    var starts: Int { state.withLock { $0.starts.count } }
    var shutdowns: Int { state.withLock { $0.agentShutdowns } }

    private static func add(_ problem: String, to state: inout State) {
        state.problemCount += 1
        if state.problems.count < maximumProblems { state.problems.append(problem) }
    }
}
