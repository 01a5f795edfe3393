import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging

/// Keeps out who has no business here, and writes down every change with who asked for it (contracts/exhibitor.md §16.11).
struct AccessMiddleware: RouterMiddleware {
    typealias Context = ExhibitorRequestContext

    let rules: AccessRules
    let activityLog: ActivityLog

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let isMutation = MutationRequest.isMutation(request.method, path: request.uri.path)
        let user = rules.users?.user(authorization: request.headers[.authorization])
        let address = context.remoteAddress?.ipAddress ?? ""
        let decision = rules.decide(isMutation: isMutation, user: user)
        let name = user?.name ?? Self.tokenUser(request)
        let who = "\(request.method) \(request.uri.path) from \(address)" + (name.map { " by \($0)" } ?? "")
        switch decision {
        case .allowed: break
        case .unknown:
            throw HTTPError(
                .unauthorized, headers: [.wwwAuthenticate: "Basic realm=\"\(rules.realm.filter { $0 != "\"" })\", charset=\"UTF-8\""],
                message: "Unauthorized")
        case .refused(let reason):
            activityLog.add(.info, "Refused: \(who)")
            throw HTTPError(.forbidden, message: reason)
        }
        guard isMutation else { return try await next(request, context) }
        do {
            let response = try await next(request, context)
            activityLog.add(.info, "Request: \(who), answered \(response.status.code)")
            return response
        } catch {
            activityLog.add(.info, "Request: \(who), refused: \((error as? HTTPError)?.body ?? "\(error)")")
            throw error
        }
    }

    /// Whom Admin Router let in: it has checked the token, which is passed on.
    static func tokenUser(_ request: Request) -> String? {
        guard let text = request.headers[.authorization], text.hasPrefix("token=") else { return nil }
        let parts = text.dropFirst(6).split(separator: ".")
        guard parts.count == 3 else { return nil }
        var payload = parts[1].replacing("-", with: "+").replacing("_", with: "/")
        while payload.utf8.count % 4 != 0 { payload += "=" }
        struct Claims: Decodable { var uid: String? }
        guard let data = Data(base64Encoded: String(payload)), let claims = try? JSONDecoder().decode(Claims.self, from: data) else {
            return nil
        }
        return claims.uid.map { String($0.prefix(100)) }
    }
}
