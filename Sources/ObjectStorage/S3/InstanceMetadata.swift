import AsyncHTTPClient
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1

/// The metadata service of an EC2 instance, version 2: a session token first, then the keys of the instance's role.
struct InstanceMetadata: Sendable {
    let transport: ObjectTransport
    /// `http://169.254.169.254`.
    let endpoint: String

    private static let path = "/latest/meta-data/iam/security-credentials/"

    init(endpoint: String, logger: Logger) {
        self.endpoint = endpoint
        // Never through a proxy: it is a service of this very machine.
        transport = ObjectTransport(connections: HTTPConnections(), policy: RetryPolicy(attempts: 3), logger: logger)
    }

    private struct Answer: Decodable {
        var AccessKeyId: String
        var SecretAccessKey: String
        var Token: String
        var Expiration: String
    }

    /// The keys and when they end.
    func credentials() async throws -> (S3Credentials, until: UTCTime) {
        let token = try await text("PUT", "/latest/api/token", header: ("x-aws-ec2-metadata-token-ttl-seconds", "21600"))
        let header = ("x-aws-ec2-metadata-token", token)
        guard let role = try await text("GET", Self.path, header: header).split(whereSeparator: \.isNewline).first else {
            throw ObjectStorageError.credentials(reason: "the instance has no role")
        }
        let json = try await text("GET", Self.path + role, header: header)
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(json.utf8)), let end = UTCTime(iso8601: answer.Expiration)
        else {
            throw ObjectStorageError.credentials(reason: "the instance's role \(role) has no keys")
        }
        let credentials = S3Credentials(
            accessKeyID: answer.AccessKeyId, secretAccessKey: answer.SecretAccessKey, sessionToken: answer.Token)
        return (credentials, end)
    }

    private func text(_ method: String, _ path: String, header: (String, String)) async throws -> String {
        do {
            let response = try await transport.send(method, path, timeout: .seconds(5)) {
                var request = HTTPClientRequest(url: endpoint + path)
                request.method = HTTPMethod(rawValue: method)
                request.headers.add(name: header.0, value: header.1)
                return request
            }
            guard response.isSuccess else {
                throw ObjectStorageError.credentials(reason: "the instance's metadata service answered \(response.status) to \(path)")
            }
            return String(buffer: response.body)
        } catch ObjectStorageError.unreachable(_, _, let reason) {
            throw ObjectStorageError.credentials(
                reason: "none were given and the instance's metadata service at \(endpoint) does not answer: \(reason)")
        }
    }
}
