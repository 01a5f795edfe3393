import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Relays requests of a follower to the leader, bodies streamed both ways (contracts/marathon.md §15.2).
struct LeaderProxy: Sendable {
    /// Valid for one connection only; never relayed.
    private static let hopByHop: Set<String> = [
        "host", "connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length",
    ]

    let http: HTTPClient
    /// `host:port` of this replica.
    let ownAddress: String
    /// How long the leader may take to begin its answer.
    let readTimeout: Duration
    /// Whether this is (still) the leader to relay to.
    let isLeader: @Sendable (_ leader: String) -> Bool
    let logger: Logger

    /// The leadership moved while the leader kept us waiting: it may be stopped or cut off.
    struct LeaderMoved: Error {}

    private static let recheckInterval = Duration.milliseconds(100)

    private var viaValue: String { "1.1 \(ownAddress)" }

    func relay(_ request: Request, context: MarathonRequestContext, to leader: String) async throws -> Response {
        guard !request.headers[values: .marathonVia].contains(viaValue) else {
            throw APIError(502, "Detected proxying loop.")
        }
        var relayed = HTTPClientRequest(url: "http://\(leader)\(request.uri.string)")
        relayed.method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers where !Self.hopByHop.contains(field.name.canonicalName) {
            relayed.headers.add(name: field.name.rawName, value: field.value)
        }
        relayed.headers.add(name: HTTPField.Name.marathonVia.rawName, value: viaValue)
        relayed.headers.add(name: HTTPField.Name.forwardedFor.rawName, value: context.clientIP)
        if let length = request.headers[.contentLength].flatMap({ Int64($0) }) {
            if length > 0 { relayed.body = .stream(request.body, length: .known(length)) }
        } else if request.headers[.transferEncoding] != nil {
            relayed.body = .stream(request.body, length: .unknown)
        }
        let answer = try await head(of: relayed, from: leader)
        return response(answer)
    }

    private func head(of request: HTTPClientRequest, from leader: String) async throws -> HTTPClientResponse {
        do {
            return try await withThrowingTaskGroup(of: HTTPClientResponse?.self) { group in
                group.addTask { try await http.execute(request, deadline: .distantFuture) }
                group.addTask {
                    try await Task.sleep(for: readTimeout)
                    return nil
                }
                group.addTask {
                    while isLeader(leader) { try await Task.sleep(for: Self.recheckInterval) }
                    throw LeaderMoved()
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() ?? nil else { throw APIError(504, "The leader did not answer in time.") }
                return answer
            }
        } catch let error as APIError {
            throw error
        } catch let error as LeaderMoved {
            throw error
        } catch {
            logger.warning("The leader is not reachable", metadata: ["url": "\(request.url)", "error": "\(error)"])
            throw APIError(502, "Connection to leader refused.")
        }
    }

    private func response(_ answer: HTTPClientResponse) -> Response {
        var headers = HTTPFields()
        for (name, value) in answer.headers where !Self.hopByHop.contains(name.lowercased()) {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        headers.append(HTTPField(name: .marathonVia, value: viaValue))
        let length = answer.headers.first(name: "Content-Length").flatMap { Int($0) }
        let body = ResponseBody(contentLength: length) { writer in
            for try await chunk in answer.body { try await writer.write(chunk) }
            try await writer.finish(nil)
        }
        return Response(
            status: .init(code: Int(answer.status.code), reasonPhrase: answer.status.reasonPhrase), headers: headers, body: body)
    }
}
