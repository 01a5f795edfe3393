import AppModel
import Hummingbird

/// `/v2/deployments` and `/v2/queue` (contracts/marathon.md §6.1, §6.2).
struct DeploymentsAPI: Sendable {
    let term: LeaderTerm

    func respond(_ route: Route, _ call: APICall) async throws -> Response {
        switch (route, call.method) {
        case (.deployments, .get), (.deployments, .head):
            let state = await term.snapshot()
            let view = StateView(state)
            return JSONBody.response(.array(state.deployments.map(view.deployment)))
        case (.deployment(let id), .delete):
            if call.flag("force") {
                try await term.drop(deployment: id)
                return Response(status: .accepted)
            }
            return try await term.rollBack(deployment: id).response()
        case (.queue, .get), (.queue, .head):
            let view = StateView(await term.snapshot())
            let unused = call.parameters("embed").contains("lastUnusedOffers")
            return JSONBody.response(view.queue(lastUnusedOffers: unused, now: .now))
        case (.queueDelay(let path), .delete):
            let id = try AppID(path: path)
            guard await term.resetDelay(of: id) else { throw APIError(404, "Application \(id) not found in tasks queue.") }
            return Response(status: .noContent)
        default: throw APIError.methodNotAllowed
        }
    }
}
