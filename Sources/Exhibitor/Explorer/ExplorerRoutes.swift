import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Platform

/// `/exhibitor/v1/explorer/*`: one znode and its children (contracts/exhibitor.md §5).
struct ExplorerRoutes<Context: RemoteAddressRequestContext>: Sendable {
    let explorer: Explorer

    /// Three characters for each byte of the largest data, and as much again for whatever is between them.
    private static var bodyLimit: Int { 4 * 1024 * 1024 }
    private static var pageSize: Int { 200 }

    func add(to group: RouterGroup<Context>) {
        reads(group)
        group.serve("znode/**", [.put, .delete]) { request, context in try await mutate(request, context) }
        group.serve("znode", [.put, .delete]) { request, context in try await mutate(request, context) }
        group.serve("acl", [.put]) { request, context in
            try await mutation(request, context) {
                try ExplorerRequest.requireJSON(request)
                let path = try ZnodePath(ExplorerRequest.text(request, "path") ?? "/")
                let version = try ExplorerRequest.number(request, "version", as: Int32.self)
                let body = try await ExplorerRequest.body(request, limit: Self.bodyLimit)
                guard let entries = try? JSONDecoder().decode([ACLBody].self, from: Data(body.readableBytesView)) else {
                    throw ExplorerFailure(#"The body must be [{"perms":31,"scheme":"world","id":"anyone"}, ...]"#)
                }
                try await explorer.setACL(path, entries, version: version)
                log(request, context, "changed the access control list of \(path)")
                return [:]
            }
        }
    }

    private func reads(_ group: RouterGroup<Context>) {
        group.serve("node", [.get]) { request, _ in
            try ExplorerRequest.accept(request)
            return try JSONResponse.make(await explorer.treeNodes(below: ExplorerRequest.text(request, "key") ?? "/"))
        }
        group.serve("node-data", [.get]) { request, _ in
            try ExplorerRequest.accept(request)
            return try JSONResponse.make(await explorer.nodeData(ExplorerRequest.text(request, "key") ?? "/"))
        }
        group.serve("children", [.get]) { request, _ in
            try ExplorerRequest.accept(request)
            let path = try ExplorerRequest.path(request)
            let limit = try ExplorerRequest.number(request, "limit") ?? Self.pageSize
            return try await ExplorerRequest.answer {
                try await explorer.children(
                    of: path, after: ExplorerRequest.text(request, "after"), limit: limit,
                    match: ExplorerRequest.text(request, "match"))
            }
        }
        group.serve("znode-info", [.get]) { request, _ in
            try ExplorerRequest.accept(request)
            let path = try ExplorerRequest.path(request)
            return try await ExplorerRequest.answer { try await explorer.info(path) }
        }
    }

    // MARK: - Mutations

    private func mutate(_ request: Request, _ context: Context) async throws -> Response {
        try await mutation(request, context) {
            if request.method == .put { try ExplorerRequest.requireJSON(request) }
            let path = try ExplorerRequest.znodePath(request)
            let version = try ExplorerRequest.number(request, "version", as: Int32.self)
            if request.method == .put {
                let body = try await ExplorerRequest.body(request, limit: Self.bodyLimit)
                let data = try HexPairs.decode(body.readableBytesView)
                try await explorer.write(path, data, version: version)
                log(request, context, "wrote \(data.count) bytes to \(path)")
            } else {
                let count = try await explorer.delete(path, version: version)
                log(request, context, "deleted \(path)\(count == 1 ? "" : ", \(count) znodes")")
                return [Self.deletedHeader: "\(count)"]
            }
            return [:]
        }
    }

    /// How many znodes a deletion took away.
    private static var deletedHeader: HTTPField.Name { .init("X-Deleted-Znodes") ?? .contentRange }

    private func mutation(
        _ request: Request, _ context: Context, _ act: () async throws -> HTTPFields
    ) async throws -> Response {
        guard explorer.options.allowsModification else { return Response(status: .forbidden) }
        try SameOrigin.check(request)
        do {
            let headers = try await act()
            return try JSONResponse.make(OperationResult.ok, headers: headers)
        } catch let error as HTTPError where error.status != .badRequest {
            throw error
        } catch let error as HTTPError {
            return try JSONResponse.make(OperationResult.failed(error.body ?? error.status.reasonPhrase))
        } catch {
            return try JSONResponse.make(OperationResult.failed(ExplorerFailure(error).description))
        }
    }

    /// Who did what, with what the client says about the reason (contracts/exhibitor.md §5).
    private func log(_ request: Request, _ context: Context, _ deed: String) {
        var text = "Explorer: \(context.remoteAddress?.ipAddress ?? "somebody") \(deed)"
        for (name, label) in [("netflix-user-name", "user"), ("netflix-ticket-number", "ticket"), ("netflix-reason", "reason")] {
            guard let field = HTTPField.Name(name), let value = request.headers[field], !value.isEmpty else { continue }
            text += ", \(label): \(value.prefix(500))"
        }
        explorer.cluster.activityLog.add(.info, text)
    }
}
