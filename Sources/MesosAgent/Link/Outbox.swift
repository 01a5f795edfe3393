import ResourceModel
import Synchronization

/// The updates that wait to be reported; of each task the last one put in.
final class Outbox: Sendable {
    private let mailbox = Mailbox<AgentReport.Update>()

    func put(_ update: AgentReport.Update) { mailbox.put(update) }

    /// Updates that did not arrive; newer ones of the same tasks go first. Called by who takes.
    func putBack(_ updates: [AgentReport.Update]) { mailbox.putBack(updates) }

    /// At least one update, the last of each task, in the order they came; nil when the caller is cancelled.
    func take() async -> [AgentReport.Update]? {
        guard let updates = await mailbox.take() else { return nil }
        var seen: Set<TaskKey> = []
        return updates.reversed().filter { seen.insert(TaskKey(framework: $0.framework_id, task: $0.status.task_id)).inserted }.reversed()
    }

    func clear() { _ = mailbox.takeNow() }
}
