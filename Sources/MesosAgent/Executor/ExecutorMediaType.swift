import ClusterState
import FoundationEssentials
import HTTPTypes
import NIOCore
import Platform
import ResourceModel

/// The form of calls and events on the executor API: the one place where bodies are decoded and encoded.
enum ExecutorMediaType: String, Sendable {
    case json = "application/json"

    var name: String { rawValue }

    init(contentType: String?) throws {
        guard let contentType else { throw PlainTextError(.badRequest, "Expecting 'Content-Type' to be present") }
        guard let type = ExecutorMediaType(rawValue: contentType) else {
            throw PlainTextError(.unsupportedMediaType, "Expecting 'Content-Type' of application/json or application/x-protobuf")
        }
        self = type
    }

    /// The form of the events.
    init(accept: String?) throws {
        guard Self.accepts(Self.json.name, accept) else {
            throw PlainTextError(.notAcceptable, "Expecting 'Accept' to allow application/json or application/x-protobuf")
        }
        self = .json
    }

    private static func accepts(_ type: String, _ accept: String?) -> Bool {
        guard let accept, !accept.isEmpty else { return true }
        return accept.split(separator: ",").contains { range in
            let name = range.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
            return name == type || name == "*/*" || name == "application/*"
        }
    }

    func decode(_ body: ByteBuffer) throws -> ExecutorCall {
        do {
            return try JSONDecoder().decode(ExecutorCall.self, from: Data(body.readableBytesView))
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            throw PlainTextError(.badRequest, "Failed to parse body into JSON: \(context.debugDescription)")
        } catch let error as DecodingError {
            throw PlainTextError(.badRequest, "Failed to convert JSON into Call protobuf: \(Self.reason(error))")
        }
    }

    func encode(_ event: ExecutorEvent) throws -> [UInt8] { Array(try ClusterJSON.encode(event)) }

    private static func reason(_ error: DecodingError) -> String {
        func path(_ context: DecodingError.Context) -> String { context.codingPath.map(\.stringValue).joined(separator: ".") }
        switch error {
        case .keyNotFound(let key, let context):
            return "Missing required field '\(context.codingPath.isEmpty ? "" : path(context) + ".")\(key.stringValue)'"
        case .valueNotFound(_, let context): return "Missing required field '\(path(context))'"
        case .typeMismatch(_, let context): return "Wrong JSON type of '\(path(context))'"
        case .dataCorrupted(let context): return "\(context.debugDescription) at '\(path(context))'"
        @unknown default: return "\(error)"
        }
    }
}
