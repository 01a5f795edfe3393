import AsyncHTTPClient
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1

/// Hands out access tokens; fetches a new one before the old one ends.
actor GCSTokenProvider {
    private let source: GCSConfiguration.CredentialsSource
    private let transport: ObjectTransport
    private var cached: (token: String, until: Int64)?

    /// Milliseconds before the end when a new one is fetched.
    private static let margin: Int64 = 2 * 60 * 1000

    init(_ source: GCSConfiguration.CredentialsSource, logger: Logger) {
        self.source = source
        transport = ObjectTransport(connections: HTTPConnections(), logger: logger)
    }

    private struct Answer: Decodable {
        var access_token: String
        /// Seconds.
        var expires_in: Int64
    }

    func token() async throws -> String {
        let now = UTCTime.now
        if let cached, cached.until - Self.margin > now.milliseconds { return cached.token }
        let response = try await transport.send("token", "", timeout: .seconds(10)) { [source] in try Self.request(source, now) }
        guard response.isSuccess, let answer = try? JSONDecoder().decode(Answer.self, from: Data(response.body.readableBytesView)) else {
            throw ObjectStorageError.credentials(reason: "no access token: \(response.status) \(String(buffer: response.body).prefix(300))")
        }
        cached = (answer.access_token, now.milliseconds + answer.expires_in * 1000)
        return answer.access_token
    }

    /// Forgets a token that the service refused.
    func discard() { cached = nil }

    private static func request(_ source: GCSConfiguration.CredentialsSource, _ now: UTCTime) throws -> HTTPClientRequest {
        switch source {
        case .serviceAccount(let account):
            var request = HTTPClientRequest(url: account.tokenURL)
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: try TokenRequest(account: account, time: now).form()))
            return request
        case .instance(let endpoint):
            var request = HTTPClientRequest(url: endpoint + "/computeMetadata/v1/instance/service-accounts/default/token")
            request.headers.add(name: "metadata-flavor", value: "Google")
            return request
        }
    }
}
