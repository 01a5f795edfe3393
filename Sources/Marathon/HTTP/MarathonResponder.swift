import AppModel
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

extension HTTPField.Name {
    // The names are well-formed, so the alternatives are never taken.
    static let marathonPragma = HTTPField.Name("Pragma") ?? .cacheControl
    static let marathonLeader = HTTPField.Name("X-Marathon-Leader") ?? .via
    static let marathonVia = HTTPField.Name("X-Marathon-Via") ?? .via
    static let marathonDeployment = HTTPField.Name("Marathon-Deployment-Id") ?? .via
    static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .via
}

/// Every request of a replica: the leader answers, a follower relays (contracts/marathon.md §15.2).
struct MarathonResponder: HTTPResponder, HTTPResponderBuilder {
    typealias Context = MarathonRequestContext

    let standing: StandingBox
    let proxy: LeaderProxy
    let configuration: Configuration
    let logger: Logger

    /// How long a request waits for a leader to be known.
    private static let patience = Duration.milliseconds(2_800)
    private static let recheckInterval = Duration.milliseconds(50)

    func buildResponder() -> MarathonResponder { self }

    func respond(to request: Request, context: MarathonRequestContext) async throws -> Response {
        var response: Response
        do {
            response = try await answer(request, context: context)
        } catch let error as APIError {
            response = JSONBody.response(error.body, status: .init(code: error.status))
        } catch let error as AppInputError {
            response = JSONBody.response(error.body, status: .init(code: error.status))
        } catch is CancellationError {
            response = JSONBody.response(APIError.steppedDown.body, status: .serviceUnavailable)
        } catch {
            logger.error("Request failed", metadata: ["uri": "\(request.uri)", "error": "\(error)"])
            response = JSONBody.response(["message": .string("\(error)")], status: .internalServerError)
        }
        for origin in configuration.accessControlAllowOrigin {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlAllowMethods] = "GET, HEAD, OPTIONS"
            response.headers[.accessControlMaxAge] = "86400"
            if let asked = request.headers[.accessControlRequestHeaders] { response.headers[.accessControlAllowHeaders] = asked }
        }
        return response
    }

    private func answer(_ request: Request, context: MarathonRequestContext) async throws -> Response {
        switch try await resolvedStanding() {
        case .leading(let term):
            var response = try await MarathonAPI(term: term, configuration: configuration).respond(to: request, context: context)
            response.headers[.cacheControl] = "no-cache, no-store, must-revalidate"
            response.headers[.marathonPragma] = "no-cache"
            response.headers[.expires] = "0"
            response.headers[.marathonLeader] = "http://\(configuration.advertisedAddress)"
            return response
        case .following(let leader?):
            do {
                return try await proxy.relay(request, context: context, to: leader)
            } catch is LeaderProxy.LeaderMoved {
                // Reads are asked again of the new leader; whether the old one did a write nobody can say.
                guard request.method == .get || request.method == .head else {
                    throw APIError(503, "The leader changed while it handled the request")
                }
                return try await answer(request, context: context)
            }
        case .following(nil):
            throw APIError.noLeader
        }
    }

    /// Waits a little while nobody leads, or while this replica is elected and not ready yet.
    private func resolvedStanding() async throws -> Standing {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let now = standing.current
            switch now {
            case .leading: return now
            case .following(let leader?) where leader != configuration.advertisedAddress: return now
            case .following: break
            }
            guard ContinuousClock.now < deadline else { throw APIError.noLeader }
            try await Task.sleep(for: Self.recheckInterval)
        }
    }
}

/// Responses with a JSON document.
enum JSONBody {
    static func response(_ body: JSONValue, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        response(bytes: body.bytes, status: status, headers: headers)
    }

    static func response(bytes: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
