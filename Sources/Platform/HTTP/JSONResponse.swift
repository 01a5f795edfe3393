public import FoundationEssentials
public import HTTPTypes
public import Hummingbird
import NIOCore

/// Responses with a JSON body.
public enum JSONResponse {
    /// - body: finished JSON text.
    public static func make(_ body: Data, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// Encodes with slashes unescaped and the keys sorted.
    public static func make(_ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return make(try encoder.encode(value), status: status, headers: headers)
    }
}
