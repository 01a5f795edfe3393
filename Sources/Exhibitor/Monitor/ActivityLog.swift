import FoundationEssentials
import Logging
import Synchronization

/// What an instance did and saw: the newest entries in memory, all of them in the process log
/// (contracts/exhibitor.md §11).
public final class ActivityLog: Sendable {
    public enum Kind: String, Sendable {
        case debug = "DEBUG"
        case info = "INFO"
        case error = "ERROR"
    }

    private struct Entry {
        let date: Date
        let kind: Kind
        let text: String
    }

    private let capacity: Int
    private let logger: Logger
    private let entries = Mutex<[Entry]>([])
    private let timeline: Timeline?

    /// - capacity: entries kept (`--loglines`).
    public convenience init(capacity: Int, logger: Logger) {
        self.init(capacity: capacity, timeline: nil, logger: logger)
    }

    /// - timeline: gets the entries that have a topic.
    init(capacity: Int, timeline: Timeline?, logger: Logger) {
        self.capacity = max(1, capacity)
        self.timeline = timeline
        self.logger = logger
    }

    /// - topic: makes the entry an event of the timeline.
    public func add(_ kind: Kind, _ text: String, topic: ActivityTopic? = nil) {
        if let topic { timeline?.add(topic, text) }
        switch kind {
        case .debug: logger.debug("\(text)")
        case .info: logger.info("\(text)")
        case .error: logger.error("\(text)")
        }
        let entry = Entry(date: Date(), kind: kind, text: text)
        entries.withLock { entries in
            // Cut in steps, so that a full log costs no move of all entries for each new one.
            if entries.count >= capacity + max(16, capacity / 8) { entries.removeFirst(entries.count - capacity + 1) }
            entries.append(entry)
        }
    }

    /// One line per entry, newest first: `<date>\t<kind>\t<text>\n`. Debug entries are not shown.
    public var text: String {
        entries.withLock { $0.suffix(capacity) }
            .reversed()
            .filter { $0.kind != .debug }
            .map { entry in
                // The text stays one line: line breaks would look like entries of their own.
                let line = entry.text.split(whereSeparator: \.isNewline).joined(separator: " ")
                return "\(entry.date.formatted(.iso8601))\t\(entry.kind.rawValue)\t\(line)\n"
            }
            .joined()
    }
}
