import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1

extension NetworkedEnsemble {
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: String
    }

    nonisolated func url(_ path: String, _ host: Int) -> String { "http://\(address(host)):8181/exhibitor/v1/\(path)" }

    /// Nil when nobody answers.
    nonisolated func request(
        _ method: String, _ path: String, _ host: Int, body: String? = nil, accept: String? = nil, timeout: Duration = .seconds(5)
    ) async -> Answer? {
        var request = HTTPClientRequest(url: url(path, host))
        request.method = .init(rawValue: method)
        if let accept { request.headers.add(name: "Accept", value: accept) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        do {
            let response = try await http.execute(request, timeout: .seconds(timeout.components.seconds))
            let buffer = try await response.body.collect(upTo: 16 << 20)
            return Answer(status: Int(response.status.code), headers: response.headers, body: String(buffer: buffer))
        } catch {
            return nil
        }
    }

    /// Nil when nobody answers, or something else.
    nonisolated func get<Value: Decodable>(_ path: String, _ host: Int, as type: Value.Type = Value.self) async -> Value? {
        guard let answer = await request("GET", path, host), answer.status == 200 else { return nil }
        return try? JSONDecoder().decode(Value.self, from: Data(answer.body.utf8))
    }

    nonisolated func status(_ host: Int) async -> [HostStatus]? { await get("cluster/status", host) }
    nonisolated func state(_ host: Int) async -> HostState? { await get("cluster/state?verbose=true", host) }
    nonisolated func config(_ host: Int) async -> ConfigState.Config? { await get("config/get-state", host, as: ConfigState.self)?.config }

    /// `config/set` or `config/set-rolling` with some keys; the others keep their values.
    nonisolated func order(_ path: String, _ host: Int, _ keys: [String: String]) async throws -> OrderResult {
        let body = String(decoding: try JSONEncoder().encode(keys), as: UTF8.self)
        return try await order(path, host, body: body)
    }

    /// The same with other lines of `zoo.cfg`; those left out keep their values.
    nonisolated func order(_ path: String, _ host: Int, lines: [String: String]) async throws -> OrderResult {
        let all = (await config(host)?.zooCfgExtra ?? Self.lines).merging(lines) { $1 }
        return try await order(path, host, body: String(decoding: try JSONEncoder().encode(["zooCfgExtra": all]), as: UTF8.self))
    }

    private nonisolated func order(_ path: String, _ host: Int, body: String) async throws -> OrderResult {
        // A commit takes 5 s at least: the pseudo lock settles.
        guard let answer = await request("POST", path, host, body: body, timeout: .seconds(40)) else {
            throw Failure(description: "\(path) on host \(host): no answer")
        }
        return try JSONDecoder().decode(OrderResult.self, from: Data(answer.body.utf8))
    }
}
