import FoundationEssentials
import Logging
import Synchronization

/// What happened to this host's server and to the ensemble, as this host saw it. Kept across restarts of the manager.
public final class Timeline: Sendable {
    /// One event.
    public struct Entry: Codable, Sendable, Hashable {
        /// Milliseconds since 1970.
        public var time: Int64
        /// The instance that saw it.
        public var hostname: String
        public var kind: ActivityTopic
        public var text: String
    }

    private struct State {
        var entries: [Entry] = []
        var unsaved = 0
        var observers: [Int: AsyncStream<Entry>.Continuation] = [:]
        var nextObserver = 0
    }

    private static let capacity = 1000

    private let hostname: String
    /// JSON lines, oldest first; nil: memory only.
    private let path: String?
    private let state: Mutex<State>

    /// Blocks when there is a file.
    public init(hostname: String, path: String? = nil) {
        self.hostname = hostname
        self.path = path
        var entries: [Entry] = []
        if let path, let text = FileAccess.text(path) {
            let decoder = JSONDecoder()
            entries = text.split(separator: "\n").suffix(Self.capacity).compactMap { try? decoder.decode(Entry.self, from: Data($0.utf8)) }
        }
        state = Mutex(State(entries: entries))
    }

    public func add(_ kind: ActivityTopic, _ text: String) {
        let entry = Entry(time: Int64(Date().timeIntervalSince1970 * 1000), hostname: hostname, kind: kind, text: text)
        state.withLock { state in
            state.entries.append(entry)
            if state.entries.count > Self.capacity + 100 { state.entries.removeFirst(100) }
            state.unsaved += 1
            for observer in state.observers.values { observer.yield(entry) }
            guard path != nil, state.unsaved == 1 else { return }
            // One write for all that comes until the thread is free.
            ServerThread.submit { self.save() }
        }
    }

    /// Newest first.
    public func entries(limit: Int) -> [Entry] {
        state.withLock { $0.entries.suffix(max(0, min(limit, Self.capacity))).reversed() }
    }

    /// Every entry from now on.
    public func updates() -> AsyncStream<Entry> {
        let (stream, continuation) = AsyncStream.makeStream(of: Entry.self, bufferingPolicy: .bufferingNewest(100))
        let id = state.withLock { state in
            state.nextObserver += 1
            state.observers[state.nextObserver] = continuation
            return state.nextObserver
        }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.observers.removeValue(forKey: id) } }
        return stream
    }

    private func save() {
        guard let path else { return }
        let entries = state.withLock { state in
            state.unsaved = 0
            return state.entries
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = entries.compactMap { try? String(decoding: encoder.encode($0), as: UTF8.self) + "\n" }
        // Best effort: a full disk costs the history, nothing else.
        try? FileAccess.createParent(of: path)
        try? FileAccess.write(lines.joined(), to: path)
    }
}
