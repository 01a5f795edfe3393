import Hummingbird
import Logging
import NIOCore

/// Refuses changes that come from elsewhere than this host, where Admin Router is, and the other members, which pass
/// orders on: the HTTP port is open to the whole network (contracts/exhibitor.md §18).
struct MutationGuard: RouterMiddleware {
    typealias Context = ExhibitorRequestContext

    let members: MemberAddresses

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard MutationRequest.isMutation(request.method, path: request.uri.path) else { return try await next(request, context) }
        let remote = context.remoteAddress?.ipAddress
        guard let remote, await isTrusted(remote, local: context.localAddress?.ipAddress) else {
            context.logger.warning(
                "refused a change from elsewhere", metadata: ["address": "\(remote ?? "unknown")", "path": "\(request.uri.path)"])
            throw HTTPError(
                .forbidden,
                message: "Changes are accepted from this host and the members of the ensemble only (--allow-remote-mutations)")
        }
        return try await next(request, context)
    }

    private func isTrusted(_ remote: String, local: String?) async -> Bool {
        if Self.isOurs(remote, local: local) { return true }
        return await members.contains(Self.plain(remote))
    }

    /// True for loopback, and for a connection of which both ends have the same address.
    static func isOurs(_ remote: String, local: String?) -> Bool {
        let remote = plain(remote)
        return remote == "::1" || ExhibitorConfiguration.isLoopback(remote) || remote == local.map(plain)
    }

    /// An IPv4 address that is written as an IPv6 one as IPv4.
    static func plain(_ address: String) -> String {
        let lower = address.lowercased()
        return lower.hasPrefix("::ffff:") && lower.contains(".") ? String(lower.dropFirst(7)) : lower
    }
}
