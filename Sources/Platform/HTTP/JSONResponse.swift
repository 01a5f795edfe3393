public import FoundationEssentials
public import HTTPTypes
public import Hummingbird
public import NIOCore

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

    /// As Mesos answers (contracts/mesos.md §3.2): with `jsonp=cb` in the query as a script, and in gzip form where the
    /// client takes it and it is worth it.
    /// - compressed: the body in gzip form, if it is at hand.
    public static func answer(_ body: ByteBuffer, to request: Request, compressed: ByteBuffer? = nil) -> Response {
        guard let callback = request.uri.queryParameters["jsonp"] else {
            var headers: HTTPFields = [.contentType: "application/json"]
            guard Gzip.isWorthwhile(body.readableBytes), Gzip.isAccepted(by: request), let small = compressed ?? Gzip.compress(body) else {
                return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
            }
            headers[.contentEncoding] = "gzip"
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: small))
        }
        var script = ByteBuffer(string: callback + "(")
        script.writeImmutableBuffer(body)
        script.writeString(");")
        return Response(status: .ok, headers: [.contentType: "text/javascript"], body: .init(byteBuffer: script))
    }
}
