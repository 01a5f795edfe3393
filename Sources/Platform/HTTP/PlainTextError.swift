public import HTTPTypes
public import Hummingbird
import NIOCore

/// An error answered as Mesos does: the message itself as plain text, no JSON (contracts/mesos.md §3.2).
public struct PlainTextError: HTTPResponseError, CustomStringConvertible {
    public var status: HTTPResponse.Status
    /// Empty: no body at all.
    public var message: String
    public var headers: HTTPFields

    public init(_ status: HTTPResponse.Status, _ message: String = "", headers: HTTPFields = [:]) {
        self.status = status
        self.message = message
        self.headers = headers
    }

    public var description: String { "\(status.code) \(message)" }

    public func response(from request: Request, context: some RequestContext) throws -> Response {
        var headers = headers
        if message.isEmpty { return Response(status: status, headers: headers) }
        headers[.contentType] = "text/plain; charset=utf-8"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: message)))
    }
}
