import ResourceModel
import Synchronization

/// What waits to be reported to the leading master: updates (of each task the last one put in), executors' messages and
/// ends.
final class Outbox: Sendable {
    enum Item: Sendable {
        case update(AgentReport.Update)
        case message(AgentReport.Message)
        case exit(AgentReport.ExecutorExit)
    }

    struct News: Sendable {
        var updates: [AgentReport.Update] = []
        var messages: [AgentReport.Message] = []
        var exits: [AgentReport.ExecutorExit] = []
    }

    /// Messages are best effort: more do not wait.
    static let maximumMessages = 1000
    /// Bytes of base64 of all waiting messages.
    static let maximumMessageBytes = 16 << 20

    private struct Waiting {
        var messages = 0
        var bytes = 0
    }

    private let mailbox = Mailbox<Item>()
    private let waiting = Mutex(Waiting())

    func put(_ update: AgentReport.Update) { mailbox.put(.update(update)) }
    func put(_ exit: AgentReport.ExecutorExit) { mailbox.put(.exit(exit)) }

    /// - Returns: false: dropped, too much waits already.
    @discardableResult
    func put(_ message: AgentReport.Message) -> Bool {
        let fits = waiting.withLock { waiting in
            guard waiting.messages < Self.maximumMessages, waiting.bytes + message.data.utf8.count <= Self.maximumMessageBytes else {
                return false
            }
            waiting.messages += 1
            waiting.bytes += message.data.utf8.count
            return true
        }
        if fits { mailbox.put(.message(message)) }
        return fits
    }

    /// News that did not arrive; newer updates of the same tasks go first. Messages are not sent twice. Called by who takes.
    func putBack(_ news: News) { mailbox.putBack(news.updates.map(Item.update) + news.exits.map(Item.exit)) }

    /// Something to report, in the order it came, of each task's updates only the last; nil when the caller is cancelled.
    func take() async -> News? {
        guard let items = await mailbox.take() else { return nil }
        var news = News()
        var seen: Set<TaskKey> = []
        for item in items.reversed() {
            switch item {
            case .update(let update):
                if seen.insert(TaskKey(framework: update.framework_id, task: update.status.task_id)).inserted {
                    news.updates.append(update)
                }
            case .message(let message):
                release(message)
                news.messages.append(message)
            case .exit(let exit): news.exits.append(exit)
            }
        }
        return News(updates: news.updates.reversed(), messages: news.messages.reversed(), exits: news.exits.reversed())
    }

    func clear() {
        for case .message(let message) in mailbox.takeNow() { release(message) }
    }

    private func release(_ message: AgentReport.Message) {
        waiting.withLock { waiting in
            waiting.messages -= 1
            waiting.bytes -= message.data.utf8.count
        }
    }
}
