import AppModel
import HTTPTypes
import Hummingbird
import NIOCore
import Platform

/// The leader's answers (contracts/marathon.md §2-§7): decode, ask the term, encode.
struct MarathonAPI: Sendable {
    let term: LeaderTerm
    let configuration: Configuration

    func respond(to request: Request, context: MarathonRequestContext) async throws -> Response {
        let route = Route(path: request.uri.path)
        let call = APICall(request: request, context: context, maximumBodySize: configuration.maximumBodySize)
        switch route {
        case .apps, .app, .appsBelow, .appVersions, .appVersion, .appRestart:
            return try await AppsAPI(term: term, configuration: configuration).respond(route, call)
        case .appTasks, .appTasksBelow, .appTask, .tasks, .tasksDelete:
            return try await TasksAPI(term: term).respond(route, call)
        case .group, .groupApps, .groupVersions, .groupVersion:
            return try await GroupsAPI(term: term).respond(route, call)
        case .deployments, .deployment, .queue, .queueDelay:
            return try await DeploymentsAPI(term: term).respond(route, call)
        case .events:
            return try await EventsAPI(hub: term.events).respond(call)
        case .index, .ui, .ping, .metrics, .info, .leader, .logging, .eventSubscriptions, .plugins:
            return try await SystemAPI(term: term, configuration: configuration).respond(route, call)
        case .pods, .notFound:
            throw APIError.unknownRoute(request.uri.path)
        }
    }
}

/// A request with what handlers ask of it.
struct APICall: Sendable {
    let request: Request
    let context: MarathonRequestContext
    let maximumBodySize: Int

    var method: HTTPRequest.Method { request.method }

    /// Case-insensitive; anything but `true` is false.
    func flag(_ name: String, default value: Bool = false) -> Bool {
        guard let text = parameter(name) else { return value }
        return text.lowercased() == "true"
    }

    func parameter(_ name: String) -> String? { request.uri.queryParameters[name[...]].map { String($0) } }

    /// Every value of a parameter that may occur several times.
    func parameters(_ name: String) -> [String] { request.uri.queryParameters.getAll(name).map { String($0) } }

    func bytes() async throws -> [UInt8] {
        do {
            let buffer = try await HTTPServing.collectBody(of: request, limit: maximumBodySize)
            return Array(buffer.readableBytesView)
        } catch let error as PlainTextError {
            throw APIError(Int(error.status.code), error.message)
        }
    }

    /// The body as JSON.
    /// - Throws: 415 when the content type is another, 400 when it is not JSON.
    func json(requiringContentType: Bool = true) async throws -> JSONValue {
        if requiringContentType, let type = request.headers[.contentType] {
            let bare = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
            guard bare == "application/json" || bare == "*/*" else { throw APIError.unsupportedMediaType }
        }
        return try JSONValue(body: try await bytes())
    }

    /// Whether the client prefers plain text to JSON.
    var wantsText: Bool {
        guard let accept = request.headers[.accept]?.lowercased() else { return false }
        return accept.contains("text/plain") && !accept.contains("application/json") && !accept.contains("*/*")
    }

    func text(_ body: String) -> Response {
        Response(status: .ok, headers: [.contentType: "text/plain"], body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}

extension ChangeOutcome {
    var json: JSONValue { ["version": .string(version.description), "deploymentId": .string(deployment)] }

    /// The answer of every write that makes a deployment.
    func response(status: HTTPResponse.Status = .ok, location: String? = nil, body: JSONValue? = nil) -> Response {
        var headers: HTTPFields = [.marathonDeployment: deployment]
        if let location { headers[.location] = location }
        return JSONBody.response(body ?? json, status: status, headers: headers)
    }
}

extension AppID {
    /// The id in a path; an id that breaks the grammar names nothing.
    init(path: String) throws {
        do { try self.init(path) } catch { throw APIError.unknownApp(path) }
    }
}
