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
    let disks: DiskWatch?

    /// Of `/logging/toggle`; 0 is the level of the start.
    static let maximumVerbosity = 3

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
        case .statistics: return json(JSONValue.array(try await statistics()).bytes, request)
        case .containers: return json(JSONValue.array(try await containers(forAPI: false)).bytes, request)
        case .api: return try await AgentAPI(responder: self).answer(request)
        case .logging: return json(try toggleLogging(request), request)
        case .executor: return try await ExecutorEndpoint(agent: agent).respond(to: request)
        case .metrics: return json(try await metrics(request), request)
        case .system: return json(MetricsDocument.systemStatistics(), request)
        case .browse, .read, .download, .debug: return try await files(route, request)
        }
    }

    var build: [(String, JSONValue)] { StateDocument.build(version: configuration.version) }

    private var flags: [UInt8] {
        JSONValue.object([("flags", .object(configuration.flags.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))]).bytes
    }

    func recovered() async throws -> Agent.Snapshot {
        let snapshot = await agent.snapshot()
        guard snapshot.isRecovered else { throw PlainTextError(.serviceUnavailable, "Agent has not finished recovery") }
        return snapshot
    }

    private func metrics(_ request: Request) async throws -> [UInt8] {
        if let timeout = request.uri.queryParameters["timeout"], MesosDuration(text: String(timeout)) == nil {
            throw PlainTextError(.badRequest, "Invalid timeout '\(timeout)'")
        }
        return JSONValue.object(await metricValues()).bytes
    }

    func metricValues() async -> [(String, JSONValue)] {
        MetricsDocument(snapshot: await agent.snapshot(), start: start, collector: collector).values
    }

    /// `level` and `duration` are both given or both missing.
    private func toggleLogging(_ request: Request) throws -> [UInt8] {
        let query = request.uri.queryParameters
        let given = query["level"].map(String.init)
        let duration = query["duration"].map(String.init)
        guard let given else {
            guard duration == nil else { throw PlainTextError(.badRequest, "Expecting 'level=value' in query.\n") }
            return Array("\(LoggingVerbosity.current)".utf8)
        }
        guard let duration else { throw PlainTextError(.badRequest, "Expecting 'duration=value' in query.\n") }
        guard let level = Int(given), (0...Self.maximumVerbosity).contains(level) else {
            throw PlainTextError(.badRequest, "Invalid level '\(given)'.\n")
        }
        guard let parsed = MesosDuration(text: duration) else { throw PlainTextError(.badRequest, "Invalid duration '\(duration)'.\n") }
        LoggingVerbosity.raise(to: level, for: parsed.value)
        return []
    }

    // MARK: Containers

    private func usages() async throws -> (executors: [ExecutorView], statistics: [ContainerID: JSONValue]) {
        let executors = ExecutorView.all(try await recovered()).active
        let statistics = try await io.run { [cgroups = start.cgroups, disks] in
            TaskStatistics(cgroups: cgroups, disks: disks).collect(executors)
        }
        return (executors, statistics)
    }

    private static func identity(of executor: ExecutorView) -> [(String, JSONValue)] {
        [
            ("framework_id", .string(executor.key.framework.value)), ("executor_id", .string(executor.key.executor.value)),
            ("executor_name", .string(executor.info.name ?? "")), ("source", .string(executor.info.source ?? "")),
        ]
    }

    /// Those whose usage could be read.
    private func statistics() async throws -> [JSONValue] {
        let (executors, statistics) = try await usages()
        return executors.compactMap { executor in
            statistics[executor.run.container].map { .object(Self.identity(of: executor) + [("statistics", $0)]) }
        }
    }

    /// All that have not ended.
    /// - forAPI: in the form of the operator API, where ids are messages.
    func containers(forAPI: Bool) async throws -> [JSONValue] {
        let (executors, statistics) = try await usages()
        return try executors.filter { $0.state != .terminated }.map { executor in
            // Until its process runs there is no status to tell.
            let status = try executor.pid.map { _ in try JSONValue.message(executor.status) }
            let usage = statistics[executor.run.container]
            if forAPI {
                func id(_ value: String) -> JSONValue { .object([("value", .string(value))]) }
                var members: [(String, JSONValue)] = [
                    ("framework_id", id(executor.key.framework.value)), ("executor_id", id(executor.key.executor.value)),
                    ("executor_name", .string(executor.info.name ?? "")), ("container_id", id(executor.run.container.value)),
                ]
                if let status { members.append(("container_status", status)) }
                if let usage { members.append(("resource_statistics", usage)) }
                return .object(members)
            }
            var members = Self.identity(of: executor) + [("container_id", .string(executor.run.container.value))]
            if let usage { members.append(("statistics", usage)) }
            if let status { members.append(("status", status)) }
            return .object(members)
        }
    }

    // MARK: Files

    private func files(_ route: AgentRoute, _ request: Request) async throws -> Response {
        let files = await sandboxFiles()
        if route == .debug {
            return json(JSONValue.object(files.attached.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }).bytes, request)
        }
        let query = request.uri.queryParameters
        guard let path = query["path"].map(String.init), !path.isEmpty else {
            throw PlainTextError(.badRequest, "Expecting 'path=value' in query.\n")
        }
        switch route {
        case .read:
            let offset = try number("offset", query["offset"])
            let length = try number("length", query["length"])
            return json(try await mapping { try files.read(path, offset: offset, length: length) }, request)
        case .download:
            let (file, size) = try await mapping { try files.download(path) }
            return download(file, size, path)
        default:
            return json(try await mapping { try files.browse(path) }, request)
        }
    }

    func sandboxFiles() async -> SandboxFiles {
        SandboxFiles(snapshot: await agent.snapshot(), paths: start.store.paths, log: configuration.externalLogFile)
    }

    /// Failures of the file system as answers.
    func mapping<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        do {
            return try await io.run(body)
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
        JSONResponse.answer(ByteBuffer(bytes: bytes), to: request)
    }
}

/// Hands the responder to the server.
struct AgentResponderBuilder: HTTPResponderBuilder {
    let responder: AgentResponder
    func buildResponder() -> AgentResponder { responder }
}
