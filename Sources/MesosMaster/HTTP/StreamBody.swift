import ClusterState
import Hummingbird
import NIOCore
import Platform

/// The body of a response that lives as long as its stream: RecordIO, chunked (contracts/mesos.md §8.1).
enum StreamBody {
    /// - request: its body must have been collected; when its connection closes the stream ends.
    static func make<Event: Encodable & Sendable>(_ stream: EventStream<Event>, _ lease: StreamLease, of request: Request) -> ResponseBody {
        ResponseBody { writer in
            // The lease lives exactly as long as this closure: whoever drops the response ends the stream.
            defer { withExtendedLifetime(lease) {} }
            do {
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    for await event in stream.events {
                        try await writer.write(RecordIO.frame(ClusterJSON.encode(event)))
                    }
                }
            } catch is CancellationError {
                // The peer closed its side.
            }
            try await writer.finish(nil)
        }
    }
}
