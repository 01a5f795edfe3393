import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// A response of server-sent events that ends with its producer, the client or the daemon.
enum EventStream {
    static let contentType = "text/event-stream"
    /// The longest silence: a client that went away is noticed by writing to it.
    private static let heartbeat = Duration.seconds(5)

    /// One event.
    static func text(_ event: String, _ json: String) -> ByteBuffer {
        ByteBuffer(string: "event: \(event)\ndata: \(json)\n\n")
    }

    /// - produce: yields events until it has no more; a slow client loses the oldest beyond `backlog`.
    static func response(
        backlog: Int = 256, _ produce: @escaping @Sendable (AsyncStream<ByteBuffer>.Continuation) async throws -> Void
    ) -> Response {
        var headers: HTTPFields = [.contentType: contentType, .cacheControl: "no-cache"]
        // A proxy must not hold events back.
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        let body = ResponseBody { writer in
            let (events, output) = AsyncStream.makeStream(of: ByteBuffer.self, bufferingPolicy: .bufferingNewest(backlog))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { output.finish() }
                    try await cancelWhenGracefulShutdown { try await produce(output) }
                }
                group.addTask {
                    while !Task.isCancelled {
                        try await Task.sleep(for: heartbeat)
                        output.yield(text("alive", "{}"))
                    }
                }
                for await event in events { try await writer.write(event) }
                group.cancelAll()
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}
