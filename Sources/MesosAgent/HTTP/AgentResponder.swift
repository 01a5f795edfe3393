import FoundationEssentials
import Glibc
import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import ResourceModel

/// The agent's HTTP server (contracts/mesos.md §6, §7).
struct AgentResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let agent: Agent
    let configuration: AgentConfiguration
    let start: AgentStart
    let collector: SandboxCollector
    let io: BlockingIO

    func respond(to request: Request, context: Context) async throws -> Response {
        do {
            return try await answer(request)
        } catch let error as PlainTextError {
            return try error.response(from: request, context: context)
        }
    }

    private func answer(_ request: Request) async throws -> Response {
        guard request.uri.path.hasPrefix("/") else { throw PlainTextError(.badRequest) }
        guard let route = AgentRoute(path: request.uri.path) else { throw PlainTextError(.notFound) }
        switch route {
        case .health: return Response(status: .ok)
        case .version, .agentVersion: return json(JSONValue.object(build).bytes, request)
        case .flags: return json(flags, request)
        case .state:
            return json(
                try StateDocument(snapshot: try await recovered(), configuration: configuration, start: start, build: build).render(),
                request)
        case .statistics: return json(try await statistics(withStatus: false), request)
        case .containers: return json(try await statistics(withStatus: true), request)
        case .api: throw PlainTextError(.notImplemented)
        case .metrics: return json(try await metrics(request), request)
        case .system: return json(MetricsDocument.systemStatistics(), request)
        case .browse, .read, .download, .debug: return try await files(route, request)
        }
    }

    private var build: [(String, JSONValue)] { StateDocument.build(version: configuration.version) }

    private var flags: [UInt8] {
        JSONValue.object([("flags", .object(configuration.flags.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))]).bytes
    }

    private func recovered() async throws -> Agent.Snapshot {
        let snapshot = await agent.snapshot()
        guard snapshot.isRecovered else { throw PlainTextError(.serviceUnavailable, "Agent has not finished recovery") }
        return snapshot
    }

    private func metrics(_ request: Request) async throws -> [UInt8] {
        if let timeout = request.uri.queryParameters["timeout"], MesosDuration(text: String(timeout)) == nil {
            throw PlainTextError(.badRequest, "Invalid timeout '\(timeout)'")
        }
        return MetricsDocument(snapshot: await agent.snapshot(), start: start, collector: collector).render()
    }

    private func statistics(withStatus: Bool) async throws -> [UInt8] {
        let snapshot = try await recovered()
        let collected = try await io.run { [cgroups = start.cgroups] in TaskStatistics(cgroups: cgroups).collect(snapshot) }
        return JSONValue.array(
            try collected.map { task, statistics in
                var members: [(String, JSONValue)] = [
                    ("framework_id", .string(task.key.framework.value)), ("executor_id", .string(task.key.task.value)),
                    ("executor_name", .string(TaskCommand.executorName(of: task.info))), ("source", .string(task.key.task.value)),
                    ("statistics", statistics),
                ]
                if withStatus {
                    members.append(("container_id", .string(task.containerID.value)))
                    if let status = task.statuses.last?.container_status { members.append(("status", try .message(status))) }
                }
                return .object(members)
            }
        ).bytes
    }

    // MARK: Files

    private func files(_ route: AgentRoute, _ request: Request) async throws -> Response {
        let files = SandboxFiles(snapshot: await agent.snapshot(), paths: start.store.paths, log: configuration.externalLogFile)
        if route == .debug {
            return json(JSONValue.object(files.attached.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }).bytes, request)
        }
        let query = request.uri.queryParameters
        guard let path = query["path"].map(String.init), !path.isEmpty else {
            throw PlainTextError(.badRequest, "Expecting 'path=value' in query.\n")
        }
        do {
            switch route {
            case .read:
                let offset = try number("offset", query["offset"])
                let length = try number("length", query["length"])
                return json(try await io.run { try files.read(path, offset: offset, length: length) }, request)
            case .download:
                let (file, size) = try await io.run { try files.download(path) }
                return download(file, size, path)
            default:
                return json(try await io.run { try files.browse(path) }, request)
            }
        } catch let failure as SandboxFiles.Failure {
            switch failure {
            case .notFound: throw PlainTextError(.notFound)
            case .bad(let message): throw PlainTextError(.badRequest, message)
            }
        }
    }

    private func number(_ name: String, _ text: Substring?) throws -> Int {
        guard let text else { return -1 }
        guard let number = Int(text) else {
            throw PlainTextError(.badRequest, "Failed to parse \(name): Failed to convert '\(text)' to number.\n")
        }
        return number
    }

    /// Streams the file as long as it was when it was opened.
    private func download(_ file: Int32, _ size: Int, _ path: String) -> Response {
        let name = path.split(separator: "/").last.map(String.init) ?? "file"
        var headers: HTTPFields = [.contentType: SandboxFiles.contentType(of: name)]
        headers[.contentDisposition] = "attachment; filename=\(name.filter { $0 != "\"" && !$0.isNewline })"
        let body = ResponseBody(contentLength: size) { [io] writer in
            defer { close(file) }
            var offset = 0
            while offset < size {
                let position = offset
                let chunk = try await io.run {
                    var buffer = [UInt8](repeating: 0, count: min(65536, size - position))
                    let count = pread(file, &buffer, buffer.count, off_t(position))
                    return ByteBuffer(bytes: buffer.prefix(max(0, count)))
                }
                // The file was cut short: the length can no longer be kept, so the connection ends.
                guard chunk.readableBytes > 0 else { throw SystemFailure("the file became shorter", code: EIO) }
                offset += chunk.readableBytes
                try await writer.write(chunk)
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private func json(_ bytes: [UInt8], _ request: Request) -> Response {
        guard let callback = request.uri.queryParameters["jsonp"] else {
            return Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        var buffer = ByteBuffer(string: callback + "(")
        buffer.writeBytes(bytes)
        buffer.writeString(");")
        return Response(status: .ok, headers: [.contentType: "text/javascript"], body: .init(byteBuffer: buffer))
    }
}

/// Hands the responder to the server.
struct AgentResponderBuilder: HTTPResponderBuilder {
    let responder: AgentResponder
    func buildResponder() -> AgentResponder { responder }
}
