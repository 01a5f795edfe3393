public import Hummingbird
public import MesosProtobuf
public import NIOCore
import Platform

/// The transport's checks of a call of the v1 API, in their order: method, type of the body, then the body itself
/// (contracts/mesos.md §8.1).
public enum CallNegotiation {
    /// What came.
    public struct Received: Sendable {
        public var body: ByteBuffer
        public var format: MessageFormat
    }

    /// - limit: bytes of the body.
    /// - Throws: `PlainTextError` 405, 400, 415 or 413. A type that is neither of the two is refused before the body is read.
    public static func receive(_ request: inout Request, limit: Int) async throws -> Received {
        guard request.method == .post else {
            throw PlainTextError(
                .methodNotAllowed, "Expecting one of { 'POST' }, but received '\(request.method.rawValue)'.", headers: [.allow: "POST"])
        }
        guard let type = request.headers[.contentType] else {
            throw PlainTextError(.badRequest, "Expecting 'Content-Type' to be present")
        }
        guard let format = MessageFormat(contentType: type) else {
            throw PlainTextError(.unsupportedMediaType, "Expecting 'Content-Type' of application/json or application/x-protobuf")
        }
        do {
            // Collected in the request itself: whoever streams an answer watches what is left of it for the peer's end.
            return Received(body: try await request.collectBody(upTo: limit), format: format)
        } catch is NIOTooManyBytesError {
            throw PlainTextError(.contentTooLarge, "The call exceeds \(limit) bytes")
        }
    }

    /// The form of the answer: JSON where it is acceptable.
    /// - Throws: `PlainTextError` 406 when neither is.
    public static func answerFormat(for request: Request) throws -> MessageFormat {
        let accept = request.headers[.accept]
        guard let format = MessageFormat.preferred(accepts: { MediaType.accepts($0, accept) }) else {
            throw PlainTextError(.notAcceptable, "Expecting 'Accept' to allow application/json or application/x-protobuf")
        }
        return format
    }
}
