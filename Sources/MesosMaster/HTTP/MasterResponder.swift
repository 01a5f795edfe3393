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
        if route.endpoint.isLeaderOnly { try await requireLeadership(route, request) }
        let query = FormValues(request.uri.query ?? "")
        switch route.endpoint {
        case .state: return json(await documents.document(.state), query)
        case .stateSummary: return json(await documents.document(.stateSummary), query)
        case .slaves: return json(await documents.document(.slaves), query)
        case .frameworks: return json(await documents.document(.frameworks), query)
        case .roles: return json(await documents.document(.roles), query)
        case .registry: return json(await documents.document(.registry), query)
        case .tasks:
            return json(await renderer().tasks(limit: query["limit"], offset: query["offset"], order: query["order"]), query)
        case .scheduler: return try await SchedulerEndpoint(master: master).respond(to: request)
        case .operatorAPI:
            // The operator API is a system of its own; nothing of it exists here.
            throw PlainTextError(.notImplemented)
        case .agentSubscribe: return try await AgentLinkEndpoint(master: master).subscribe(request)
        case .agentReport: return try await AgentLinkEndpoint(master: master).report(request)
        case .teardown: return try await teardown(request)
        case .redirect: return try await redirect()
        case .health: return Response(status: .ok)
        case .version, .masterVersion: return json(await renderer().version(), query)
        case .flags: return json(await renderer().flags(), query)
        case .metrics: return try await metrics(query)
        case .system: return json(SystemFigures.current().document(), query)
        case .processes:
            return json(Array(#"[{"id":"master","events":[]},{"id":"metrics","events":[]},{"id":"system","events":[]}]"#.utf8), query)
        }
    }

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

    private func teardown(_ request: Request) async throws -> Response {
        guard request.method == .post else { throw PlainTextError.method(request.method) }
        let body = try await HTTPServing.collectBody(of: request, limit: Self.bodyLimit)
        guard let id = FormValues(String(buffer: body))["frameworkId"] else {
            throw PlainTextError(.badRequest, "Missing 'frameworkId' query parameter")
        }
        return try await master.teardown(FrameworkID(id)).response()
    }

    private func metrics(_ query: FormValues) async throws -> Response {
        if let timeout = query["timeout"], DurationText.seconds(timeout) == nil {
            throw PlainTextError(.badRequest, "Invalid timeout '\(timeout)'")
        }
        let renderer = MetricsRenderer(renderer: await renderer(), uptime: await master.uptime, system: .current())
        return json(renderer.render(), query)
    }

    private func json(_ bytes: [UInt8], _ query: FormValues) -> Response {
        guard let callback = query["jsonp"] else {
            return Response(
                status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        var buffer = ByteBuffer(string: callback + "(")
        buffer.writeBytes(bytes)
        buffer.writeString(");")
        return Response(status: .ok, headers: [.contentType: "text/javascript"], body: .init(byteBuffer: buffer))
    }
}

extension PlainTextError {
    /// 405 for an endpoint that takes POST only (contract §3.2).
    static func method(_ received: HTTPRequest.Method) -> PlainTextError {
        PlainTextError(
            .methodNotAllowed, "Expecting one of { 'POST' }, but received '\(received.rawValue)'.", headers: [.allow: "POST"])
    }
}

extension Reply {
    /// - Throws: the reply as `PlainTextError` unless it is a success.
    func response() throws -> Response {
        guard (200..<300).contains(status) else { throw PlainTextError(.init(code: status), message) }
        return Response(status: .init(code: status))
    }
}
