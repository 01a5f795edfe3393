import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import ResourceModel

/// The master's HTTP server: one place that finds the endpoint, applies the leader rule and hands over.
struct MasterResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let master: Master
    let documents: DocumentCache

    /// Of a request body, in bytes: an ACCEPT may carry hundreds of tasks.
    static let bodyLimit = 16 * 1024 * 1024

    func respond(to request: Request, context: Context) async throws -> Response {
        do {
            return try await answer(request)
        } catch let error as PlainTextError {
            return try error.response(from: request, context: context)
        }
    }

    private func answer(_ request: Request) async throws -> Response {
        let path = request.uri.path
        guard path.hasPrefix("/") else { throw PlainTextError(.badRequest) }
        guard let route = MasterRoute(path: path) else { throw PlainTextError(.notFound) }
        let query = FormValues(request.uri.query ?? "")
        if master.configuration.disabledEndpoints.contains(route.endpoint.rawValue) {
            throw PlainTextError(.forbidden, "Endpoint '\(route.endpoint.rawValue)' is disabled")
        }
        if route.endpoint.isLeaderOnly { try await requireLeadership(route, request) }
        switch route.endpoint {
        case .state: return try await documents.respond(.state, to: request)
        case .stateSummary: return try await documents.respond(.stateSummary, to: request)
        case .slaves:
            if let id = query["slave_id"] { return json(await renderer().slaves(only: AgentID(id)), request) }
            return try await documents.respond(.slaves, to: request)
        case .frameworks:
            if let id = query["framework_id"] { return json(await renderer().frameworksDocument(only: FrameworkID(id)), request) }
            return try await documents.respond(.frameworks, to: request)
        case .roles: return try await documents.respond(.roles, to: request)
        case .registry: return try await documents.respond(.registry, to: request)
        case .tasks:
            let selection = TaskSelection(query)
            return json(await renderer().tasks(selection), request)
        case .scheduler: return try await SchedulerEndpoint(master: master).respond(to: request)
        case .operatorAPI: return try await OperatorEndpoint(master: master, documents: documents).respond(to: request)
        case .agentSubscribe: return try await AgentLinkEndpoint(master: master).subscribe(request)
        case .agentReport: return try await AgentLinkEndpoint(master: master).report(request)
        case .teardown, .reserve, .unreserve, .createVolumes, .destroyVolumes, .quota, .weights, .maintenanceSchedule,
            .maintenanceStatus, .machineDown, .machineUp:
            return try await ChangeEndpoints(master: master).respond(route, to: request)
        case .redirect: return try await redirect()
        case .health: return Response(status: .ok)
        case .version, .masterVersion: return json(await renderer().version(), request)
        case .flags: return json(await renderer().flags(), request)
        case .metrics: return try await metrics(query, request)
        case .system: return json(SystemFigures.current().document(), request)
        case .processes:
            return json(Array(#"[{"id":"master","events":[]},{"id":"metrics","events":[]},{"id":"system","events":[]}]"#.utf8), request)
        case .loggingToggle: return try loggingToggle(query)
        case .browse: return try await files.respond(.browse, to: request)
        case .read: return try await files.respond(.read, to: request)
        case .download: return try await files.respond(.download, to: request)
        case .debug: return try await files.respond(.debug, to: request)
        case .help: return Self.help(route)
        }
    }

    private var files: FilesEndpoint { FilesEndpoint(files: master.configuration.files) }

    private func renderer() async -> StateRenderer {
        StateRenderer(machine: await master.snapshot().machine, build: master.build, startTime: master.startTime)
    }

    // MARK: Leader rule (contract §3.2)

    private func requireLeadership(_ route: MasterRoute, _ request: Request) async throws {
        switch await settledStanding() {
        case .leading: return
        case .recovering: throw PlainTextError(.serviceUnavailable, "Master has not finished recovery")
        case .unsure: throw PlainTextError(.serviceUnavailable, "The leading master has lost its connection to ZooKeeper")
        case .standby(leader: nil): throw PlainTextError(.serviceUnavailable, "No leader elected")
        case .standby(let leader?):
            let query = request.uri.query.map { "?" + $0 } ?? ""
            throw PlainTextError(
                .temporaryRedirect, headers: [.location: "//\(leader.hostname):\(leader.port)\(route.fullPath)\(query)"])
        }
    }

    /// Some schedulers come back at once, without any pause, on a 503: what will be over in a second is worth waiting for
    /// (contract §8.7 rule 3).
    private func settledStanding() async -> Master.Standing {
        var standing = await master.standing
        for _ in 0..<20 where standing == .recovering || standing == .standby(leader: nil) || standing == .unsure {
            do { try await Task.sleep(for: .milliseconds(50)) } catch { break }
            standing = await master.standing
        }
        return standing
    }

    private func redirect() async throws -> Response {
        guard let leader = await master.knownLeader else { throw PlainTextError(.serviceUnavailable, "No leader elected") }
        return Response(status: .temporaryRedirect, headers: [.location: "//\(leader.hostname):\(leader.port)"])
    }

    // MARK: Small endpoints

    private func metrics(_ query: FormValues, _ request: Request) async throws -> Response {
        if let timeout = query["timeout"], DurationText.seconds(timeout) == nil {
            throw PlainTextError(.badRequest, "Invalid timeout '\(timeout)'")
        }
        return json(await documents.metrics().render(), request)
    }

    /// Contract §4.5.
    private func loggingToggle(_ query: FormValues) throws -> Response {
        switch (query["level"], query["duration"]) {
        case (nil, nil):
            return Response(
                status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: "\(LoggingVerbosity.current)\n")))
        case (nil, _): throw PlainTextError(.badRequest, "Expecting 'level=value' in query.\n")
        case (_, nil): throw PlainTextError(.badRequest, "Expecting 'duration=value' in query.\n")
        case (let level?, let duration?):
            guard let number = Int(level) else { throw PlainTextError(.badRequest, "Failed to convert '\(level)' to number.\n") }
            guard let seconds = DurationText.seconds(duration), seconds >= 0, seconds < 1e9 else {
                throw PlainTextError(.badRequest, "Invalid duration '\(duration)'.\n")
            }
            guard number >= 0 else { throw PlainTextError(.badRequest, "Invalid level '\(number)'.\n") }
            LoggingVerbosity.raise(to: number, for: .seconds(seconds))
            return Response(status: .ok)
        }
    }

    private static func help(_ route: MasterRoute) -> Response {
        let names = MasterRoute.Endpoint.allCases.map(\.rawValue).filter { !$0.hasPrefix("/agent-link") }.sorted()
        let wanted = "/" + route.rest.joined(separator: "/")
        let shown = route.rest.isEmpty ? names : names.filter { $0 == wanted || $0.hasPrefix(wanted + "/") }
        guard !shown.isEmpty else { return Response(status: .notFound) }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: shown.joined(separator: "\n") + "\n")))
    }

    private func json(_ bytes: [UInt8], _ request: Request) -> Response {
        JSONResponse.answer(ByteBuffer(bytes: bytes), to: request)
    }
}

extension Configuration {
    /// What `/files` shows of this master.
    var files: AttachedFiles { AttachedFiles(attached: externalLogFile.map { ["/master/log": $0] } ?? [:]) }
}

extension PlainTextError {
    /// 405 (contract §3.2).
    /// - allowed: what the endpoint takes.
    static func method(_ received: HTTPRequest.Method, allowed: [HTTPRequest.Method] = [.post]) -> PlainTextError {
        let names = allowed.map(\.rawValue)
        let list = names.map { "'\($0)'" }.joined(separator: ", ")
        return PlainTextError(
            .methodNotAllowed, "Expecting one of { \(list) }, but received '\(received.rawValue)'.",
            headers: [.allow: names.joined(separator: ", ")])
    }
}

extension Reply {
    /// - Throws: the reply as `PlainTextError` unless it is a success.
    func response() throws -> Response {
        guard (200..<300).contains(status) else { throw PlainTextError(.init(code: status), message) }
        return Response(status: .init(code: status))
    }
}
