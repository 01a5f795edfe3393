import AppModel
import Hummingbird

/// `/v2/groups…` (contracts/marathon.md §5).
struct GroupsAPI: Sendable {
    let term: LeaderTerm

    func respond(_ route: Route, _ call: APICall) async throws -> Response {
        switch (route, call.method) {
        case (.group(let path), .get), (.group(let path), .head): return try await get(path, call)
        case (.group(let path), .post): return try await create(path, call)
        case (.group(let path), .put): return try await update(path, call)
        case (.group(let path), .delete): return try await delete(path, call)
        case (.groupApps(let path), .get): return try await apps(path, call)
        case (.groupVersions(let path), .get): return try await versions(path)
        case (.groupVersion(let path, let version), .get): return try await show(path, version: version)
        default: throw APIError.methodNotAllowed
        }
    }

    // MARK: Reading

    private func get(_ path: String, _ call: APICall) async throws -> Response {
        let state = await term.snapshot()
        let view = StateView(state)
        let values = call.parameters("embed")
        let parts = values.isEmpty ? ["group.apps", "group.groups"] : values
        let details = Embedding(parts.filter { $0.hasPrefix("group.apps.") })
        let embedding = AppTree.Embedding(
            apps: parts.contains { $0 == "group.apps" || $0.hasPrefix("group.apps.") }, groups: parts.contains("group.groups"))
        guard let id = try? AppID(path),
            let json = state.tree.json(of: id, embedding: embedding, app: { view.app($0, details) })
        else { throw APIError.unknownGroup(path) }
        return JSONBody.response(json)
    }

    private func apps(_ path: String, _ call: APICall) async throws -> Response {
        let state = await term.snapshot()
        let view = StateView(state)
        let embedding = Embedding.list.union(Embedding(call.parameters("embed")))
        let apps = (try? AppID(path)).map { state.tree.apps(below: $0) } ?? []
        return JSONBody.response(.array(apps.map { view.app($0, embedding) }))
    }

    private func versions(_ path: String) async throws -> Response {
        let state = await term.snapshot()
        guard let id = try? AppID(path), let group = state.tree.groups[id] else { throw APIError.unknownGroup(path) }
        return JSONBody.response([.string(group.version.description)])
    }

    private func show(_ path: String, version text: String) async throws -> Response {
        guard let version = Timestamp(text) else { throw APIError(422, "Invalid format: \"\(text)\"") }
        let state = await term.snapshot()
        guard let id = try? AppID(path), let group = state.tree.groups[id], group.version == version,
            let json = state.tree.json(of: id, app: { $0.json })
        else { throw APIError.unknownGroup(path) }
        return JSONBody.response(json)
    }

    // MARK: Writing

    private func groupID(_ path: String) throws -> AppID {
        do { return try AppID(path) } catch { throw AppInputError.invalid([Violation(path: "/id", errors: [error.message])]) }
    }

    private func create(_ path: String, _ call: APICall) async throws -> Response {
        let update = try GroupUpdate(json: try await call.json(requiringContentType: false), at: groupID(path))
        let id = update.id
        let outcome = try await term.change(
            DefinitionChange(
                edit: { tree, version in
                    if tree.groups[id] != nil, !id.isRoot {
                        throw APIError(409, "Group \(id) is already created. Use PUT to change this group.")
                    }
                    if tree.apps[id] != nil { throw APIError(409, "An app with the path \(id) already exists.") }
                    return try tree.applying(update, version: version)
                }, force: call.flag("force"), group: id))
        return outcome.response(status: .created, location: "/v2/groups\(id.isRoot ? "" : id.description)")
    }

    private func update(_ path: String, _ call: APICall) async throws -> Response {
        let update = try GroupUpdate(json: try await call.json(requiringContentType: false), at: groupID(path))
        if let version = update.version {
            throw AppInputError.illegal("Group '\(update.id)' is not stored in version \(version)")
        }
        let isDryRun = call.flag("dryRun")
        let outcome = try await term.change(
            DefinitionChange(
                edit: { tree, version in try tree.applying(update, version: version) }, force: call.flag("force") || isDryRun,
                group: update.id, isDryRun: isDryRun))
        if isDryRun { return JSONBody.response(["steps": outcome.plan]) }
        return outcome.response()
    }

    private func delete(_ path: String, _ call: APICall) async throws -> Response {
        guard let id = try? AppID(path) else { throw APIError.unknownGroup(path) }
        let outcome = try await term.change(
            DefinitionChange(
                edit: { tree, version in
                    guard tree.groups[id] != nil else { throw APIError.unknownGroup(id.description) }
                    var result = tree
                    result.removeGroup(id, version: version)
                    return result
                }, force: call.flag("force"), group: id))
        return outcome.response()
    }
}
