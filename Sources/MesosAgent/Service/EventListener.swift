import ResourceModel
import Synchronization

/// Passes what happens to tasks on to the agent.
final class EventListener: Sendable {
    private let agent = Mutex<Agent?>(nil)

    func set(_ agent: Agent) { self.agent.withLock { $0 = agent } }

    func tell(_ executor: ExecutorKey, _ event: TaskSupervision.Event) async {
        await agent.withLock { $0 }?.handle(event, ofExecutor: executor)
    }

    func tell(_ key: TaskKey, _ event: TaskSupervision.Event) async {
        await agent.withLock { $0 }?.handle(event, of: key)
    }
}
