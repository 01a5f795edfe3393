import AppModel
import Hummingbird
import ResourceModel

/// `/v2/tasks…` and the tasks of apps (contracts/marathon.md §3.4, §4).
struct TasksAPI: Sendable {
    let term: LeaderTerm

    func respond(_ route: Route, _ call: APICall) async throws -> Response {
        switch (route, call.method) {
        case (.tasks, .get), (.tasks, .head): return try await list(call)
        case (.tasksDelete, .post): return try await deleteMany(call)
        case (.appTasks(let id), .get): return try await list(app: AppID(path: id), call)
        case (.appTasks(let id), .delete): return try await delete(app: AppID(path: id), call)
        case (.appTasksBelow(let group), .get): return try await list(below: group)
        case (.appTask(let id, let task), .delete): return try await delete(task: task, app: AppID(path: id), call)
        default: throw APIError.methodNotAllowed
        }
    }

    // MARK: Reading

    private func list(_ call: APICall) async throws -> Response {
        let state = await term.snapshot()
        let view = StateView(state)
        if call.wantsText {
            return call.text(view.textLines(state.tree.apps.values.sorted { $0.id < $1.id }))
        }
        let named = call.parameters("status") + call.parameters("status[]")
        let wanted = named.compactMap { StatusFilter(rawValue: $0.lowercased()) }
        var tasks: [Instance] = Array(state.instances.values)
        if !wanted.isEmpty { tasks.removeAll { instance in !wanted.contains { $0.matches(instance) } } }
        tasks.sort { ($0.app, $0.id) < ($1.app, $1.id) }
        let rows: [JSONValue] = tasks.map { view.task($0, servicePorts: true) }
        return JSONBody.response(["tasks": .array(rows)])
    }

    private enum StatusFilter: String {
        case running, staging

        func matches(_ instance: Instance) -> Bool {
            switch self {
            case .running: instance.isRunning
            case .staging: instance.state == .staging
            }
        }
    }

    private func list(app id: AppID, _ call: APICall) async throws -> Response {
        let state = await term.snapshot()
        guard let app = state.tree.apps[id] else { throw APIError.unknownApp(id.description) }
        let view = StateView(state)
        if call.wantsText { return call.text(view.textLines([app])) }
        return JSONBody.response(["tasks": .array(state.instances(of: id).map { view.task($0) })])
    }

    private func list(below group: String) async throws -> Response {
        let state = await term.snapshot()
        guard let id = try? AppID(group), state.tree.groups[id] != nil else { throw APIError.unknownGroup(group) }
        let view = StateView(state)
        let tasks = state.tree.apps(below: id).flatMap { state.instances(of: $0.id) }
        return JSONBody.response(["tasks": .array(tasks.map { view.task($0) })])
    }

    // MARK: Killing

    private struct Options {
        let scale: Bool
        let force: Bool
        let wipe: Bool

        init(_ call: APICall) throws {
            scale = call.flag("scale")
            force = call.flag("force")
            wipe = call.flag("wipe")
            if scale, wipe { throw APIError(400, "You cannot use scale and wipe at the same time.") }
        }
    }

    private func delete(app id: AppID, _ call: APICall) async throws -> Response {
        let options = try Options(call)
        let state = await term.snapshot()
        guard state.tree.apps[id] != nil, !options.scale || state.members[id] != nil else {
            throw APIError.unknownApp(id.description)
        }
        let host = call.parameter("host")
        let chosen = state.instances(of: id).filter { host == nil || host == "*" || $0.host == host }
        return try await kill(chosen, state, options, key: "tasks")
    }

    private func delete(task: String, app id: AppID, _ call: APICall) async throws -> Response {
        let options = try Options(call)
        let state = await term.snapshot()
        guard state.tree.apps[id] != nil, !options.scale || state.members[id] != nil else {
            throw APIError.unknownApp(id.description)
        }
        let chosen = state.instances[task].flatMap { $0.app == id ? $0 : nil }
        if chosen == nil, !options.scale { throw APIError.unknownTask(task) }
        return try await kill(chosen.map { [$0] } ?? [], state, options, key: "task")
    }

    private func deleteMany(_ call: APICall) async throws -> Response {
        let options = try Options(call)
        let body = try await call.json(requiringContentType: false)
        guard let list = body["ids"]?.array else {
            throw AppInputError.shape([Violation(path: "/ids", errors: ["error.path.missing"])])
        }
        let state = await term.snapshot()
        var chosen: [Instance] = []
        for entry in list {
            guard let id = entry.string, TaskIDs.app(of: id) != nil else {
                throw APIError(400, "Invalid task id '\(entry.string ?? entry.text)'.")
            }
            if let instance = state.instances[id], !chosen.contains(where: { $0.id == id }) { chosen.append(instance) }
        }
        return try await kill(chosen, state, options, key: "tasks")
    }

    private func kill(_ chosen: [Instance], _ state: MarathonStateMachine, _ options: Options, key: String) async throws -> Response {
        if options.scale { return try await scaleDown(chosen, force: options.force) }
        let view = StateView(state)
        try await term.kill(chosen.map(\.id), wipe: options.wipe)
        let tasks = chosen.map { view.task($0) }
        return JSONBody.response(key == "task" ? ["task": tasks.first ?? .null] : ["tasks": .array(tasks)])
    }

    private func scaleDown(_ chosen: [Instance], force: Bool) async throws -> Response {
        let victims = Dictionary(grouping: chosen, by: \.app).mapValues { $0.map(\.id) }
        let outcome = try await term.change(
            DefinitionChange(
                edit: { tree, version in
                    var result = tree
                    for (id, tasks) in victims {
                        guard var app = result.apps[id] else { continue }
                        app.instances = max(0, app.instances - tasks.count)
                        result.put(app, version: version)
                    }
                    return result
                }, victims: victims, force: force, group: victims.count == 1 ? victims.keys.first?.parent ?? .root : .root))
        return outcome.response()
    }
}
