import ClusterState
import FoundationEssentials
import Glibc
import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import ResourceModel

/// The agent's operator API: `POST /api/v1` (contracts/mesos.md §10, §20).
struct AgentAPI: Sendable {
    let responder: AgentResponder

    /// Bytes of a call.
    private static let maximumLength = 1 << 20

    func answer(_ request: Request) async throws -> Response {
        let snapshot = try await responder.recovered()
        let call = try await call(request)
        guard let kind = call.type, kind != .unknown else { throw PlainTextError(.notImplemented) }
        switch kind {
        case .unknown: throw PlainTextError(.notImplemented)
        case .getHealth: return try respond(kind, .object([("healthy", .bool(true))]))
        case .getFlags:
            let flags = responder.configuration.flags.sorted { $0.key < $1.key }
            return try respond(
                kind, .object([("flags", .array(flags.map { .object([("name", .string($0.key)), ("value", .string($0.value))]) }))]))
        case .getVersion: return try respond(kind, .object([("version_info", .object(responder.build))]))
        case .getMetrics:
            let metrics = await responder.metricValues()
            return try respond(
                kind, .object([("metrics", .array(metrics.map { .object([("name", .string($0.0)), ("value", $0.1)]) }))]))
        case .getLoggingLevel: return try respond(kind, .object([("level", .int(LoggingVerbosity.current))]))
        case .setLoggingLevel: return try setLoggingLevel(call)
        case .listFiles: return try await listFiles(call)
        case .readFile: return try await readFile(call)
        case .getContainers: return try respond(kind, .object([("containers", .array(try await responder.containers(forAPI: true)))]))
        case .getState, .getTasks, .getExecutors, .getFrameworks, .getAgent:
            let document = AgentAPIDocument(snapshot: snapshot, configuration: responder.configuration, start: responder.start)
            return try respond(kind, try document.value(of: kind))
        }
    }

    // MARK: The request

    private func call(_ request: Request) async throws -> AgentCall {
        guard request.method == .post else {
            var headers = HTTPFields()
            headers[.allow] = "POST"
            throw PlainTextError(
                .methodNotAllowed, "Expecting one of { 'POST' }, but received '\(request.method.rawValue)'.", headers: headers)
        }
        guard let type = request.headers[.contentType] else {
            throw PlainTextError(.badRequest, "Expecting 'Content-Type' to be present")
        }
        guard type == "application/json" else {
            throw PlainTextError(.unsupportedMediaType, "Expecting 'Content-Type' of application/json")
        }
        let accepted = request.headers[.accept] ?? "*/*"
        guard ["*/*", "application/json", "application/*"].contains(where: accepted.contains) else {
            throw PlainTextError(.notAcceptable, "Expecting 'Accept' to allow application/json")
        }
        let body = Data(try await HTTPServing.collectBody(of: request, limit: Self.maximumLength).readableBytesView)
        let call: AgentCall
        do {
            call = try ClusterJSON.decode(AgentCall.self, from: body)
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            throw PlainTextError(.badRequest, "Failed to parse body into JSON: \(context.debugDescription)")
        } catch {
            throw PlainTextError(.badRequest, "Failed to convert JSON into Call protobuf: \(Self.text(error))")
        }
        if let invalidity = call.invalidity { throw PlainTextError(.badRequest, "Failed to validate agent::Call: \(invalidity)") }
        return call
    }

    private static func text(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "Missing required field '\(key.stringValue)'"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
        default: "\(error)"
        }
    }

    // MARK: Answers

    private func respond(_ kind: AgentCall.Kind, _ value: JSONValue) throws -> Response {
        let bytes = JSONValue.object([("type", .string(kind.rawValue)), (kind.rawValue.lowercased(), value)]).bytes
        return Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private func setLoggingLevel(_ call: AgentCall) throws -> Response {
        guard let order = call.set_logging_level else { throw PlainTextError(.badRequest) }
        guard (0...AgentResponder.maximumVerbosity).contains(order.level), order.duration.nanoseconds >= 0 else {
            throw PlainTextError(.badRequest, "Invalid level '\(order.level)'.\n")
        }
        LoggingVerbosity.raise(to: order.level, for: .nanoseconds(order.duration.nanoseconds))
        return Response(status: .ok)
    }

    private func listFiles(_ call: AgentCall) async throws -> Response {
        guard let path = call.list_files?.path else { throw PlainTextError(.badRequest) }
        let files = await responder.sandboxFiles()
        let entries = try await responder.mapping { try files.files.browse(path) }
        return try respond(
            .listFiles,
            .object([
                (
                    "file_infos",
                    .array(
                        entries.map { entry in
                            .object([
                                ("path", .string(entry.path)), ("nlink", .int(entry.linkCount)), ("size", .int(entry.size)),
                                ("mtime", .object([("nanoseconds", .int(entry.modified * 1_000_000_000))])),
                                ("mode", .int(Int(entry.mode))),
                                ("uid", .string(entry.user)), ("gid", .string(entry.group)),
                            ])
                        })
                )
            ]))
    }

    private func readFile(_ call: AgentCall) async throws -> Response {
        guard let order = call.read_file else { throw PlainTextError(.badRequest) }
        guard order.offset >= 0, order.length ?? 0 >= 0 else { throw PlainTextError(.badRequest, "Negative offset or length provided.\n") }
        let files = await responder.sandboxFiles()
        let part = try await responder.mapping { try files.files.read(order.path, offset: order.offset, length: order.length ?? -1) }
        return try respond(.readFile, .object([("size", .int(part.size)), ("data", .string(Data(part.bytes).base64EncodedString()))]))
    }
}
