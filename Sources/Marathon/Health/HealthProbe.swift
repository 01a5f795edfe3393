import AppModel
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// Makes one health or readiness check over the network (contracts/marathon.md §14).
struct HealthProbe: Sendable {
    /// Must not follow redirects nor verify certificates.
    let http: HTTPClient

    func result(of target: HealthTarget) async -> TaskHealth.Result {
        guard let port = target.port else {
            return .failure(cause: "Missing/invalid port index and no explicit port specified")
        }
        let timeout = Duration.seconds(max(1, target.check.timeoutSeconds))
        if target.check.isTCP { return await connect(host: target.host, port: port, timeout: timeout) }
        do {
            let answer = try await get(
                isSecure: target.check.protocol == .https, host: target.host, port: port, path: target.check.path ?? "/",
                timeout: timeout, bodyLimit: 0)
            return TaskHealth.Result(
                httpStatus: answer.status, reason: answer.reason, ignoring1xx: target.check.ignoreHttp1xx)
        } catch {
            return .failure(cause: "\(error)")
        }
    }

    func readiness(of target: ReadinessTarget) async -> ReadinessResult {
        let check = target.check
        let keeps = check.preserveLastResponse
        do {
            let answer = try await get(
                isSecure: check.protocol == .https, host: target.host, port: target.port, path: check.path,
                timeout: .seconds(max(1, check.timeoutSeconds)), bodyLimit: keeps ? 64 << 10 : 0)
            let response = ReadinessResult.Response(status: answer.status, contentType: answer.contentType, body: answer.body)
            return ReadinessResult(
                name: check.name, isReady: check.httpStatusCodesForReady.contains(answer.status), response: keeps ? response : nil)
        } catch {
            let response = ReadinessResult.Response(status: 504, contentType: "text/plain", body: "\(error)")
            return ReadinessResult(name: check.name, isReady: false, response: keeps ? response : nil)
        }
    }

    private struct Answer: Sendable {
        var status: Int
        var reason: String
        var contentType: String
        var body: String
    }

    private func get(
        isSecure: Bool, host: String, port: Int, path: String, timeout: Duration, bodyLimit: Int
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "\(isSecure ? "https" : "http")://\(host):\(port)\(path.hasPrefix("/") ? "" : "/")\(path)")
        // A pooled connection that the task closed meanwhile would look like a failure.
        request.headers.add(name: "Connection", value: "close")
        request.headers.add(name: "User-Agent", value: "marathon-health-check")
        let response = try await http.execute(request, timeout: TimeAmount(timeout))
        let body = bodyLimit > 0 ? String(buffer: try await response.body.collect(upTo: bodyLimit)) : ""
        return Answer(
            status: Int(response.status.code), reason: response.status.reasonPhrase,
            contentType: response.headers.first(name: "Content-Type") ?? "application/octet-stream", body: body)
    }

    private func connect(host: String, port: Int, timeout: Duration) async -> TaskHealth.Result {
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(timeout)).connect(host: host, port: port).get()
            try? await channel.close()
            return .success
        } catch {
            return .failure(cause: "\(error)")
        }
    }
}
