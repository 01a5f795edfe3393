import ClusterState
internal import FoundationEssentials
import Hummingbird
import NIOCore
import Platform

/// The body of a response that lives as long as its stream: RecordIO, chunked (contracts/mesos.md §8.1).
enum StreamBody {
    /// - request: its body must have been collected; when its connection closes the stream ends.
    /// - first: a record that goes before the events.
    /// - encode: the bytes of a record.
    static func make<Event: Encodable & Sendable>(
        _ stream: EventStream<Event>, _ lease: StreamLease, of request: Request, first: ByteBuffer? = nil,
        encode: @escaping @Sendable (Event) throws -> Data = { try ClusterJSON.encode($0) }
    ) -> ResponseBody {
        ResponseBody { writer in
            // The lease lives exactly as long as this closure: whoever drops the response ends the stream.
            defer { withExtendedLifetime(lease) {} }
            do {
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    if let first { try await writer.write(first) }
                    for await event in stream.events {
                        try await writer.write(RecordIO.frame(encode(event)))
                    }
                }
            } catch is CancellationError {
                // The peer closed its side.
            }
            try await writer.finish(nil)
        }
    }
}
