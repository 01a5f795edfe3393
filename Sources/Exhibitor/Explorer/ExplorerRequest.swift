import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Platform

/// What the Explorer's endpoints read from a request.
enum ExplorerRequest {
    /// How long a client may take to send a body: one that trickles in must not hold a place for ever.
    private static let bodyPatience = Duration.seconds(30)

    /// - Throws: 400 when the path is malformed. A missing parameter is the root.
    static func path(_ request: Request, parameter: String = "path") throws -> ZnodePath {
        do {
            return try ZnodePath(text(request, parameter) ?? "/")
        } catch {
            throw HTTPError(.badRequest, message: "\(error)")
        }
    }

    /// Nil when the parameter is missing or empty.
    static func text(_ request: Request, _ parameter: String) -> String? {
        let value = request.uri.queryParameters[Substring(parameter)].map(String.init)
        return value?.isEmpty == false ? value : nil
    }

    /// - Throws: 400 when it is no number.
    static func number<Number: FixedWidthInteger>(_ request: Request, _ parameter: String, as type: Number.Type = Int.self) throws
        -> Number?
    {
        guard let text = text(request, parameter) else { return nil }
        guard let number = Number(text) else {
            throw HTTPError(.badRequest, message: "\(parameter) must be a number, not '\(text.prefix(100))'")
        }
        return number
    }

    /// Everything after `znode`, percent-decoded, as the client sent it: the router would drop empty names.
    static func znodePath(_ request: Request) throws -> ZnodePath {
        let parts = request.uri.path.split(separator: "/", omittingEmptySubsequences: false)
        guard let index = parts.firstIndex(of: "znode") else { return .root }
        let raw = parts[(index + 1)...].joined(separator: "/")
        guard let decoded = PercentDecoding.decode(raw) else {
            throw ExplorerFailure("The path is not percent-encoded UTF-8")
        }
        return try ZnodePath("/" + decoded)
    }

    /// - Throws: 415 when the body is declared to be something else than JSON.
    static func requireJSON(_ request: Request) throws {
        guard let type = request.headers[.contentType] else { return }
        let essence = type.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        guard essence == MediaType.json.rawValue else {
            throw HTTPError(.unsupportedMediaType, message: "Content-Type must be \(MediaType.json.rawValue)")
        }
    }

    /// - Throws: 406 when the client accepts none of what is offered.
    @discardableResult
    static func accept(_ request: Request, _ offers: [MediaType] = [.json]) throws -> MediaType {
        guard let chosen = MediaType.choose(accept: request.headers[.accept], from: offers) else {
            throw HTTPError(.notAcceptable, message: "Offered: \(offers.map(\.rawValue).joined(separator: ", "))")
        }
        return chosen
    }

    /// - Throws: 413 beyond `limit` bytes, 408 when it takes too long.
    static func body(_ request: Request, limit: Int) async throws -> ByteBuffer {
        try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            group.addTask {
                do {
                    return try await request.body.collect(upTo: limit)
                } catch is NIOTooManyBytesError {
                    throw HTTPError(.contentTooLarge, message: "The request body exceeds \(limit) bytes")
                }
            }
            group.addTask {
                try await Task.sleep(for: bodyPatience)
                throw HTTPError(.requestTimeout, message: "The request body did not come in time")
            }
            defer { group.cancelAll() }
            guard let body = try await group.next() else { throw CancellationError() }
            return body
        }
    }

    /// The JSON of a read, or the error it is answered with.
    static func answer(_ read: () async throws -> some Encodable) async throws -> Response {
        do {
            return try JSONResponse.make(try await read())
        } catch let error as HTTPError {
            throw error
        } catch {
            throw ExplorerFailure(error).httpError
        }
    }
}
