import AppModel
import HTTPTypes
import Hummingbird

/// `/v2/apps…` (contracts/marathon.md §3).
struct AppsAPI: Sendable {
    let term: LeaderTerm
    let configuration: Configuration

    func respond(_ route: Route, _ call: APICall) async throws -> Response {
        switch (route, call.method) {
        case (.apps, .get), (.apps, .head): return try await list(call)
        case (.apps, .post): return try await create(call)
        case (.apps, .put), (.apps, .patch): return try await updateMany(call)
        case (.appsBelow(let group), .get), (.appsBelow(let group), .head): return try await list(below: group, call)
        case (.app(let id), .get), (.app(let id), .head): return try await show(AppID(path: id), call)
        case (.app(let id), .put), (.app(let id), .patch): return try await update(id, call)
        case (.app(let id), .delete): return try await delete(AppID(path: id), call)
        case (.appVersions(let id), .get): return try await versions(AppID(path: id))
        case (.appVersion(let id, let version), .get): return try await show(AppID(path: id), version: version)
        case (.appRestart(let id), .post): return try await restart(AppID(path: id), call)
        default: throw APIError.methodNotAllowed
        }
    }

    // MARK: Reading

    private func list(_ call: APICall) async throws -> Response {
        let state = await term.snapshot()
        let filter = try AppFilter(cmd: call.parameter("cmd"), id: call.parameter("id"), label: call.parameter("label"))
        let apps = state.tree.apps.values.filter(filter.matches).sorted { $0.id < $1.id }
        let view = StateView(state)
        let embedding = Embedding.list.union(Embedding(call.parameters("embed")))
        return JSONBody.response(["apps": .array(apps.map { view.app($0, embedding) })])
    }

    private func list(below group: String, _ call: APICall) async throws -> Response {
        let state = await term.snapshot()
        guard let id = try? AppID(group), state.tree.groups[id] != nil else { throw APIError.unknownGroup(group) }
        let view = StateView(state)
        let embedding = Embedding.single.union(Embedding(call.parameters("embed")))
        return JSONBody.response(["*": .array(state.tree.apps(below: id).map { view.app($0, embedding) })])
    }

    private func show(_ id: AppID, _ call: APICall) async throws -> Response {
        let state = await term.snapshot()
        guard let app = state.tree.apps[id] else { throw APIError.unknownApp(id.description) }
        let embedding = Embedding.single.union(Embedding(call.parameters("embed")))
        return JSONBody.response(["app": StateView(state).app(app, embedding)])
    }

    private func versions(_ id: AppID) async throws -> Response {
        let state = await term.snapshot()
        guard let record = state.records[id] else { throw APIError.unknownApp(id.description) }
        return JSONBody.response(["versions": JSONValue(record.versions.keys.sorted(by: >).map(\.description))])
    }

    private func show(_ id: AppID, version text: String) async throws -> Response {
        guard let version = Timestamp(text) else { throw APIError(422, "Invalid format: \"\(text)\"") }
        let state = await term.snapshot()
        guard let record = state.records[id] else { throw APIError.unknownApp(id.description) }
        guard let app = try record.definition(at: version) else {
            throw APIError.unknownApp(id.description, version: version.description)
        }
        return JSONBody.response(app.json)
    }

    // MARK: Writing

    private func create(_ call: APICall) async throws -> Response {
        let update = try AppUpdate(json: try await call.json())
        let id = try update.requiredID()
        let network = configuration.defaultNetworkName
        let outcome = try await term.change(
            DefinitionChange(
                edit: { tree, version in
                    if tree.apps[id] != nil { throw APIError(409, "An app with id [\(id)] already exists.") }
                    var app = AppDefinition(id: id, creating: update, version: version)
                    if app.ipAddress != nil, app.ipAddress?.networkName == nil { app.ipAddress?.networkName = network }
                    return tree.putting(app, version: version)
                }, force: call.flag("force"), group: id.parent ?? .root))
        let body = await created(id, outcome)
        publishPost(body, call)
        return outcome.response(status: .created, location: "/v2/apps\(id)", body: body)
    }

    /// The app as the answer to its creation shows it: no task can be there yet.
    private func created(_ id: AppID, _ outcome: ChangeOutcome) async -> JSONValue {
        let state = await term.snapshot()
        var object = state.tree.apps[id]?.json.object ?? JSONObject([("id", .string(id.description))])
        for key in ["tasksStaged", "tasksRunning", "tasksHealthy", "tasksUnhealthy"] { object.append(key, 0) }
        object.append("deployments", [["id": .string(outcome.deployment)]])
        object.append("tasks", [])
        return .object(object)
    }

    private func publishPost(_ app: JSONValue, _ call: APICall) {
        let event = MarathonEvent(
            "api_post_event", at: .now,
            [("clientIp", .string(call.context.clientIP)), ("uri", .string(call.request.uri.path)), ("appDefinition", app)])
        term.publish([event])
    }

    private func update(_ path: String, _ call: APICall) async throws -> Response {
        let id: AppID
        do { id = try AppID(path) } catch { throw AppInputError.invalid([Violation(path: "/id", errors: [error.message])]) }
        let update = try AppUpdate(json: try await call.json(), id: id)
        let isPatch = call.method == .patch
        let exists = await term.snapshot().tree.apps[id] != nil
        if isPatch, !exists { throw APIError.unknownApp(id.description) }
        let records = await term.snapshot().records
        let partial = call.flag("partialUpdate", default: true)
        let outcome = try await term.change(
            DefinitionChange(
                edit: { tree, version in
                    if isPatch, tree.apps[id] == nil { throw APIError.unknownApp(id.description) }
                    return try tree.applying(update, to: id, partial: partial, records: records, version: version)
                }, force: call.flag("force"), group: id.parent ?? .root))
        let app = await term.snapshot().tree.apps[id]?.json ?? .null
        publishPost(app, call)
        return exists ? outcome.response() : outcome.response(status: .created, location: "/v2/apps\(id)")
    }

    private func updateMany(_ call: APICall) async throws -> Response {
        let json = try await call.json()
        guard let bodies = json.array else {
            throw AppInputError.shape([Violation(path: "/", errors: ["error.expected.jsarray"])])
        }
        var updates: [AppUpdate] = []
        for (index, body) in bodies.enumerated() {
            do { updates.append(try AppUpdate(json: body, dependenciesRelativeTo: .root)) } catch { throw error.below("(\(index))") }
        }
        let partial = call.flag("partialUpdate", default: true)
        let isPatch = call.method == .patch
        let records = await term.snapshot().records
        let list = updates
        let outcome = try await term.change(
            DefinitionChange(
                edit: { tree, version in
                    var result = tree
                    for update in list {
                        guard let id = update.id else { continue }
                        if isPatch, result.apps[id] == nil { throw APIError.unknownApp(id.description) }
                        result = try result.applying(update, to: id, partial: partial, records: records, version: version)
                    }
                    return result
                }, force: call.flag("force"), group: .root))
        return outcome.response()
    }

    private func delete(_ id: AppID, _ call: APICall) async throws -> Response {
        let outcome = try await term.change(
            DefinitionChange(
                edit: { tree, version in
                    var result = tree
                    guard result.removeApp(id, version: version) != nil else { throw APIError.unknownApp(id.description) }
                    return result
                }, force: call.flag("force", default: true), group: id.parent ?? .root))
        return outcome.response()
    }

    private func restart(_ id: AppID, _ call: APICall) async throws -> Response {
        let outcome = try await term.change(
            DefinitionChange(
                edit: { tree, version in
                    guard let app = tree.apps[id] else { throw APIError.unknownApp(id.description) }
                    return tree.putting(app, version: version)
                }, restarts: [id], force: call.flag("force"), group: id.parent ?? .root))
        return outcome.response()
    }
}

extension AppTree {
    /// The tree with the app in it; the groups above get the version of the change.
    func putting(_ app: AppDefinition, version: Timestamp) -> AppTree {
        var tree = self
        tree.put(app, version: version)
        return tree
    }

    /// What a PUT of an app means (contracts/marathon.md §3.3).
    /// - partial: keep the fields that the update does not name.
    func applying(
        _ update: AppUpdate, to id: AppID, partial: Bool, records: [AppID: AppRecord], version: Timestamp
    ) throws -> AppTree {
        guard let existing = apps[id] else {
            return putting(AppDefinition(id: id, creating: update, version: version), version: version)
        }
        if update.isRollback, let wanted = update.version {
            guard let earlier = try records[id]?.definition(at: wanted) else {
                throw APIError.unknownApp(id.description, version: wanted.description)
            }
            return putting(earlier, version: version)
        }
        // Throws when a version comes with other fields.
        if partial { _ = try update.rollbackVersion() }
        let app = partial ? update.applied(to: existing) : AppDefinition(id: id, creating: update, version: version)
        return putting(app, version: version)
    }
}
