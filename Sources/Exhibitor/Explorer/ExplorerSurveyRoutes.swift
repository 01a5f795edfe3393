import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Platform

/// `/exhibitor/v1/explorer/*`: subtrees, searches, reports, and what happens to a znode from now on.
struct ExplorerSurveyRoutes<Context: RequestContext>: Sendable {
    let explorer: Explorer

    private static var questionLimit: Int { 256 * 1024 }

    func add(to group: RouterGroup<Context>) {
        surveys(group)
        reports(group)
        group.serve("watch", [.get]) { request, _ in
            let path = try ExplorerRequest.path(request)
            return EventStream.response { output in
                do {
                    try await explorer.watch(path) { output.yield(Self.message($0)) }
                } catch is CancellationError {
                } catch {
                    output.yield(Self.message(failure: ExplorerFailure(error)))
                }
            }
        }
    }

    private func surveys(_ group: RouterGroup<Context>) {
        group.serve("subtree-size", [.get]) { request, _ in
            try ExplorerRequest.accept(request)
            let path = try ExplorerRequest.path(request)
            return try await ExplorerRequest.answer { try await explorer.size(of: path) }
        }
        group.serve("analysis", [.get]) { request, _ in
            try ExplorerRequest.accept(request)
            let root = try ExplorerRequest.path(request, parameter: "root")
            let depth = try ExplorerRequest.number(request, "depth") ?? 2
            return try await ExplorerRequest.answer { try await explorer.analysis(of: root, depth: depth) }
        }
        group.serve("search", [.get]) { request, _ in
            try ExplorerRequest.accept(request)
            let root = try ExplorerRequest.path(request, parameter: "root")
            let limit = try ExplorerRequest.number(request, "limit") ?? 200
            guard let text = ExplorerRequest.text(request, "match") else {
                throw HTTPError(.badRequest, message: "match is missing")
            }
            let places = try Self.places(ExplorerRequest.text(request, "in") ?? "path")
            return try await ExplorerRequest.answer {
                try await explorer.search(below: root, for: text, in: places, limit: limit)
            }
        }
    }

    /// `path`, `data`, or both with a comma between.
    private static func places(_ text: String) throws -> Set<ZnodeSearch.Place> {
        let places = text.split(whereSeparator: { $0 == "," || $0 == "|" }).map { ZnodeSearch.Place(rawValue: String($0)) }
        guard !places.isEmpty, !places.contains(nil) else {
            throw HTTPError(.badRequest, message: "in must be path, data or path,data, not '\(text.prefix(100))'")
        }
        return Set(places.compactMap { $0 })
    }

    // MARK: - Reports

    private func reports(_ group: RouterGroup<Context>) {
        group.serve("usage-listing", [.get, .post]) { request, _ in
            let question = try await question(request, as: UsageListing.Question.self)
            let top: ZnodePath
            do { top = try ZnodePath(question.startPath) } catch { throw HTTPError(.badRequest, message: "\(error)") }
            let listing = UsageListing(
                connection: explorer.connection, top: top, childLimit: max(question.maxChildrenForTraversal, 0))
            do { try await listing.check() } catch { throw ExplorerFailure(error).httpError }
            var headers = Self.attachment("listing_tab_delimited.txt")
            headers[.contentType] = "text/plain"
            return Response(
                status: .ok, headers: headers, body: ResponseBody { writer in try await listing.write(to: &writer) })
        }
        group.serve("analyze", [.get, .post]) { request, _ in
            let question = try await question(request, as: [AnalyzeRequest].self)
            return try JSONResponse.make(await explorer.analyze(question), headers: Self.attachment("analysis.txt"))
        }
    }

    private static func attachment(_ name: String) -> HTTPFields {
        var headers = HTTPFields()
        headers[.contentDisposition] = "attachment; filename=\(name)"
        return headers
    }

    /// The body of a POST, the parameter `request` of a GET.
    /// - Throws: 400 when it is not what is expected.
    private func question<Question: Decodable>(_ request: Request, as type: Question.Type) async throws -> Question {
        let json: Data
        if request.method == .post {
            try SameOrigin.check(request)
            try ExplorerRequest.requireJSON(request)
            json = Data(try await ExplorerRequest.body(request, limit: Self.questionLimit).readableBytesView)
        } else {
            guard let text = ExplorerRequest.text(request, "request") else {
                throw HTTPError(.badRequest, message: "The parameter request is missing")
            }
            json = Data(text.utf8)
        }
        guard let question = try? JSONDecoder().decode(type, from: json) else {
            throw HTTPError(.badRequest, message: "The question is not the JSON that is expected")
        }
        return question
    }

    // MARK: - Watching

    private struct Message: Encodable {
        var kind: ZnodeChange?
        @Nullable var stat: StatBody?
    }

    /// The first look is told as `watching`, so that a page knows from which state on it hears of changes.
    private static func message(_ event: ZnodeEvent) -> ByteBuffer {
        let message = Message(kind: event.kind, stat: event.stat.map(StatBody.init))
        return EventStream.text(event.kind == nil ? "watching" : "changed", json(message))
    }

    private static func message(failure: ExplorerFailure) -> ByteBuffer {
        EventStream.text("failed", json(OperationResult.failed(failure.description)))
    }

    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
