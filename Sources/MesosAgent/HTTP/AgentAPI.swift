import ClusterState
import FoundationEssentials
import Glibc
import HTTPTypes
import Hummingbird
import MesosHTTP
import MesosProtobuf
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
        var request = request
        let call = try await receive(&request)
        let form = Form(request: request, format: try CallNegotiation.answerFormat(for: request))
        guard let kind = call.type else { throw PlainTextError(.notImplemented) }
        func respond(_ kind: AgentCall.Kind, _ value: JSONValue) throws -> Response { try form.respond(kind, value) }
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
        case .listFiles: return try respond(kind, try await listFiles(call))
        case .readFile: return try respond(kind, try await readFile(call))
        case .getContainers: return try respond(kind, .object([("containers", .array(try await responder.containers(forAPI: true)))]))
        case .getState, .getTasks, .getExecutors, .getFrameworks, .getAgent:
            let document = AgentAPIDocument(snapshot: snapshot, configuration: responder.configuration, start: responder.start)
            return try respond(kind, try document.value(of: kind))
        }
    }

    // MARK: The request

    private func receive(_ request: inout Request) async throws -> AgentCall {
        let received = try await CallNegotiation.receive(&request, limit: Self.maximumLength)
        let call = try MessageBody.decode(AgentCall.self, from: received.body, in: received.format, as: "Call")
        if let invalidity = call.invalidity { throw PlainTextError(.badRequest, "Failed to validate agent::Call: \(invalidity)") }
        return call
    }

    // MARK: Answers

    /// How the caller wants its answer.
    private struct Form {
        let request: Request
        let format: MessageFormat

        func respond(_ kind: AgentCall.Kind, _ value: JSONValue) throws -> Response {
            let bytes = JSONValue.object([("type", .string(kind.rawValue)), (kind.rawValue.lowercased(), value)]).bytes
            switch format {
            case .json: return JSONResponse.answer(ByteBuffer(bytes: bytes), to: request)
            case .protobuf:
                let message = try ProtobufTranscoder.bytes(of: .agentResponse, fromJSON: Data(bytes))
                return Response(
                    status: .ok, headers: [.contentType: format.rawValue], body: .init(byteBuffer: ByteBuffer(bytes: message)))
            }
        }
    }

    private func setLoggingLevel(_ call: AgentCall) throws -> Response {
        guard let order = call.set_logging_level else { throw PlainTextError(.badRequest) }
        guard (0...AgentResponder.maximumVerbosity).contains(order.level), order.duration.nanoseconds >= 0 else {
            throw PlainTextError(.badRequest, "Invalid level '\(order.level)'.\n")
        }
        LoggingVerbosity.raise(to: order.level, for: .nanoseconds(order.duration.nanoseconds))
        return Response(status: .ok)
    }

    private func listFiles(_ call: AgentCall) async throws -> JSONValue {
        guard let path = call.list_files?.path else { throw PlainTextError(.badRequest) }
        let files = await responder.sandboxFiles()
        let entries = try await responder.mapping { try files.files.browse(path) }
        let descriptions = entries.map { entry in
            JSONValue.object([
                ("path", .string(entry.path)), ("nlink", .int(entry.linkCount)), ("size", .int(entry.size)),
                ("mtime", .object([("nanoseconds", .int(entry.modified * 1_000_000_000))])), ("mode", .int(Int(entry.mode))),
                ("uid", .string(entry.user)), ("gid", .string(entry.group)),
            ])
        }
        return .object([("file_infos", .array(descriptions))])
    }

    private func readFile(_ call: AgentCall) async throws -> JSONValue {
        guard let order = call.read_file else { throw PlainTextError(.badRequest) }
        guard order.offset >= 0, order.length ?? 0 >= 0 else { throw PlainTextError(.badRequest, "Negative offset or length provided.\n") }
        let files = await responder.sandboxFiles()
        let part = try await responder.mapping { try files.files.read(order.path, offset: order.offset, length: order.length ?? -1) }
        return .object([("size", .int(part.size)), ("data", .string(Data(part.bytes).base64EncodedString()))])
    }
}
