import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Asks the Exhibitors of the other hosts.
struct PeerClient: Sendable {
    /// Why a peer gave no answer, in words for the envelope.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The whole call; connecting may take 2 s of it (contracts/exhibitor.md §2).
    static let timeout = TimeAmount.seconds(5)
    static let connectTimeout = TimeAmount.seconds(2)
    private static let largestBody = 16 * 1024 * 1024

    let client: HTTPClient
    /// All Exhibitors of an ensemble listen on the same port.
    let port: Int
    var scheme = "http"
    /// A header: who we are, where that is asked.
    var authorization: String?

    /// - tls: how HTTPS is spoken; nil: as by default.
    static func makeHTTPClient(tls: TLSConfiguration? = nil) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.tlsConfiguration = tls
        configuration.timeout.connect = connectTimeout
        configuration.redirectConfiguration = .disallow
        // A refused connection is an answer: the host is up, its Exhibitor is not.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// The body of `GET http://<host>:<port>/exhibitor/v1/<group>/<path>`.
    func get(_ path: String, from host: String, below group: String = "cluster") async throws(Failure) -> ByteBuffer {
        try await answer(path, from: host, below: group).body
    }

    /// With the header `Date`: when the peer answered, by its clock.
    func answer(
        _ path: String, from host: String, below group: String = "cluster"
    ) async throws(Failure) -> (body: ByteBuffer, date: String?) {
        do {
            let literal = host.contains(":") ? "[\(host)]" : host
            var request = HTTPClientRequest(url: "\(scheme)://\(literal):\(port)/exhibitor/v1/\(group)/\(path)")
            request.headers.add(name: "accept", value: "application/json")
            if let authorization { request.headers.add(name: "authorization", value: authorization) }
            let response = try await client.execute(request, timeout: Self.timeout)
            let body = try await response.body.collect(upTo: Self.largestBody)
            guard response.status == .ok else { throw Failure(description: "\(host) answered \(response.status)") }
            return (body, response.headers.first(name: "date"))
        } catch {
            throw Self.explain(error)
        }
    }

    func get<Body: Decodable>(_ path: String, from host: String, as type: Body.Type) async throws(Failure) -> Body {
        let body = try await get(path, from: host)
        do {
            return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
        } catch {
            throw Failure(description: "\(host) answered something else than expected")
        }
    }

    private static func explain(_ error: any Error) -> Failure {
        switch error {
        case let failure as Failure: failure
        case let error as HTTPClientError where error == .connectTimeout || error == .deadlineExceeded || error == .readTimeout:
            Failure(description: "Connection timed out")
        case let error as NIOConnectionError:
            Failure(
                description: error.connectionErrors.contains { ($0.error as? IOError)?.errnoCode == connectionRefused }
                    ? "Connection refused" : "\(error)")
        case let error as IOError where error.errnoCode == connectionRefused:
            Failure(description: "Connection refused")
        case NIOSSLError.handshakeFailed, is NIOSSLExtraError:
            Failure(description: "No trust in its certificate, or none of it in ours (\(error))")
        default: Failure(description: "\(error)")
        }
    }

    /// ECONNREFUSED.
    private static let connectionRefused: CInt = 111
}
