import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import TransactionLog

/// `/exhibitor/v1/index/*` (contracts/exhibitor.md §6), but for the backups themselves.
struct IndexRoutes<Context: RemoteAddressRequestContext>: Sendable {
    let service: IndexService
    let explorer: Explorer

    private static var bodyLimit: Int { 256 * 1024 }
    private static var longestPage: Int { 5000 }

    func add(to group: RouterGroup<Context>) {
        making(group)
        searching(group)
        group.serve("versions/:name", [.get]) { request, context in
            try ExplorerRequest.accept(request)
            return try await versions(request, try context.parameters.require("name"))
        }
        group.serve("restore", [.post]) { request, context in try await restore(request, context) }
    }

    // MARK: - Indexes

    private func making(_ group: RouterGroup<Context>) {
        group.serve("new-index", [.get, .post]) { request, _ in
            try SameOrigin.check(request)
            return try JSONResponse.make(
                await service.order() ? OperationResult.ok : .failed("An index is being made already"))
        }
        group.serve("indexed-logs", [.get]) { request, _ in
            try ExplorerRequest.accept(request)
            return try JSONResponse.make(try await service.list().map(IndexedLogBody.init))
        }
        group.serve(":name", [.delete]) { request, context in
            try SameOrigin.check(request)
            let name = try context.parameters.require("name")
            guard try await service.delete(name) else { throw Self.unknown(name) }
            explorer.cluster.activityLog.add(.info, "Index: \(Self.client(context)) deleted \(name)")
            return try JSONResponse.make(OperationResult.ok)
        }
    }

    // MARK: - Searches

    private func searching(_ group: RouterGroup<Context>) {
        group.serve("cache-search", [.post]) { request, _ in
            try ExplorerRequest.requireJSON(request)
            let search: SearchRequest = try await body(request)
            let query: IndexQuery
            do throws(SearchRequest.Malformed) {
                query = try search.query()
            } catch {
                throw HTTPError(.badRequest, message: error.description)
            }
            guard
                let id = try await service.search(
                    search.indexName, query, limit: search.maxResults, reusing: search.reuseHandle)
            else { throw Self.unknown(search.indexName) }
            return try JSONResponse.make(SearchHandleBody(id: id))
        }
        group.serve("dataTable/:name/:handle", [.get]) { request, context in
            try ExplorerRequest.accept(request)
            let name = try context.parameters.require("name")
            let start = try ExplorerRequest.number(request, "iDisplayStart") ?? 0
            let length = try ExplorerRequest.number(request, "iDisplayLength") ?? Self.longestPage
            guard
                let page = try await service.page(
                    name, handle: try context.parameters.require("handle"), start: start,
                    // -1: all of them, in the table of the original's page.
                    length: length < 0 ? Self.longestPage : min(length, Self.longestPage))
            else { return JSONResponse.make(Data("{}".utf8)) }
            return try JSONResponse.make(
                DataTableBody(
                    sEcho: ExplorerRequest.text(request, "sEcho") ?? "", iTotalRecords: page.total, iTotalDisplayRecords: page.hits,
                    aaData: page.records.map(DataTableBody.Row.init)))
        }
        group.serve("get/:name/:id", [.get]) { request, context in
            try ExplorerRequest.accept(request)
            let name = try context.parameters.require("name")
            guard let id = Int(try context.parameters.require("id")), let found = try await service.record(name, id) else {
                throw HTTPError(.notFound, message: "Not found")
            }
            return try JSONResponse.make(IndexRecordBody(found.record, data: found.data))
        }
        group.serve("release-cache/:name/:handle", [.get, .post]) { _, context in
            let name = try context.parameters.require("name")
            guard try await service.release(name, handle: try context.parameters.require("handle")) else { throw Self.unknown(name) }
            return try JSONResponse.make(OperationResult.ok)
        }
    }

    private func versions(_ request: Request, _ name: String) async throws -> Response {
        let path = try ExplorerRequest.path(request)
        let limit = min(max(1, try ExplorerRequest.number(request, "limit") ?? 100), Self.longestPage)
        guard let versions = try await service.versions(name, path: path.text, limit: limit) else { throw Self.unknown(name) }
        return try JSONResponse.make(versions.map { ZnodeVersionBody($0.record, data: $0.data) })
    }

    // MARK: - Restore

    private func restore(_ request: Request, _ context: Context) async throws -> Response {
        guard explorer.options.allowsModification else { return Response(status: .forbidden) }
        try SameOrigin.check(request)
        try ExplorerRequest.requireJSON(request)
        do {
            let order: RestoreRequest = try await body(request)
            guard let found = try await service.record(order.indexName, order.docId) else {
                throw ExplorerFailure("There is no record \(order.docId) in the index \(order.indexName)")
            }
            try await ZnodeRestore(explorer: explorer).restore(
                found.record, data: found.data, expectedVersion: max(-1, order.expectedVersion ?? -1))
            explorer.cluster.activityLog.add(
                .info,
                """
                Index: \(Self.client(context)) restored \(found.record.path) to what it was after \
                \(Hexadecimal.text(found.record.zxid)) (\(found.record.type.title), record \(order.docId) of \(order.indexName))
                """, topic: .operator)
            return try JSONResponse.make(OperationResult.ok)
        } catch let error as HTTPError where error.status != .badRequest {
            throw error
        } catch let error as HTTPError {
            return try JSONResponse.make(OperationResult.failed(error.body ?? error.status.reasonPhrase))
        } catch {
            return try JSONResponse.make(OperationResult.failed(ExplorerFailure(error).description))
        }
    }

    // MARK: -

    private func body<Value: Decodable>(_ request: Request) async throws -> Value {
        let bytes = try await ExplorerRequest.body(request, limit: Self.bodyLimit)
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes.readableBytesView))
        } catch {
            throw HTTPError(.badRequest, message: "The body is not the JSON object of this request")
        }
    }

    private static func unknown(_ name: String) -> HTTPError { HTTPError(.notFound, message: "There is no index \(name)") }

    private static func client(_ context: Context) -> String { context.remoteAddress?.ipAddress ?? "somebody" }
}
