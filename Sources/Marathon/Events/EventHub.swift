import AppModel
import NIOCore

/// Hands every event to every listener, all in the same order (contracts/marathon.md §7.1).
///
/// A listener that falls too far behind is closed, so that its client resynchronises; nothing is dropped silently.
actor EventHub {
    struct Filter: Sendable {
        /// Empty: all.
        var types: Set<String>
        var isLight: Bool
    }

    private struct Listener {
        var filter: Filter
        var remoteAddress: String
        var continuation: AsyncStream<ByteBuffer>.Continuation
    }

    static let keepAliveInterval = Duration.seconds(10)

    private var listeners: [Int: Listener] = [:]
    private var nextID = 0
    private var isClosed = false
    private let maximumOutstanding: Int

    init(maximumOutstanding: Int) {
        self.maximumOutstanding = maximumOutstanding
    }

    /// Sends the keep-alives until cancelled, then closes all streams.
    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.keepAliveInterval)
            send(ByteBuffer(string: "\r\n")) { _ in true }
        }
        closeAll()
    }

    /// Opens a stream of wire-form events. `detach` it when its client is gone.
    func attach(_ filter: Filter, remoteAddress: String, now: Timestamp) -> (id: Int, events: AsyncStream<ByteBuffer>) {
        let (events, continuation) = AsyncStream.makeStream(
            of: ByteBuffer.self, bufferingPolicy: .bufferingOldest(maximumOutstanding))
        nextID += 1
        if isClosed {
            continuation.finish()
        } else {
            listeners[nextID] = Listener(filter: filter, remoteAddress: remoteAddress, continuation: continuation)
        }
        publish([MarathonEvent("event_stream_attached", at: now, [("remoteAddress", .string(remoteAddress))])])
        return (nextID, events)
    }

    func detach(_ id: Int, now: Timestamp) {
        guard let listener = listeners.removeValue(forKey: id) else { return }
        listener.continuation.finish()
        publish([MarathonEvent("event_stream_detached", at: now, [("remoteAddress", .string(listener.remoteAddress))])])
    }

    func publish(_ events: [MarathonEvent]) {
        guard !listeners.isEmpty else { return }
        for event in events {
            let full = Self.wireForm(event.type, event.json)
            let light = Self.wireForm(event.type, event.lightJSON)
            for (id, listener) in listeners where listener.filter.types.isEmpty || listener.filter.types.contains(event.type) {
                deliver(listener.filter.isLight ? light : full, to: listener, id)
            }
        }
    }

    func closeAll() {
        isClosed = true
        for listener in listeners.values { listener.continuation.finish() }
        listeners = [:]
    }

    private func send(_ bytes: ByteBuffer, where isIncluded: (Filter) -> Bool) {
        for (id, listener) in listeners where isIncluded(listener.filter) { deliver(bytes, to: listener, id) }
    }

    private func deliver(_ bytes: ByteBuffer, to listener: Listener, _ id: Int) {
        if case .dropped = listener.continuation.yield(bytes) {
            listener.continuation.finish()
            listeners[id] = nil
        }
    }

    private static func wireForm(_ type: String, _ json: JSONValue) -> ByteBuffer {
        ByteBuffer(string: "event: \(type)\r\ndata: \(json.text)\r\n\r\n")
    }
}
