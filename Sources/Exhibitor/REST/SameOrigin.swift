import HTTPTypes
import Hummingbird

/// Orders are GET requests for the sake of old clients, so a page of another site could give them in the name of a
/// visitor. A browser says where a request comes from (contracts/exhibitor.md §2).
enum SameOrigin {
    /// - Throws: 403 when a browser sends the request for a page of another origin.
    static func check(_ request: Request) throws {
        guard let origin = request.headers[.origin] else { return }
        if let name = HTTPField.Name("X-Requested-With"), request.headers[name] != nil { return }
        let forwarded = HTTPField.Name("X-Forwarded-Host").flatMap { request.headers[$0] }
        let host = forwarded ?? request.head.authority
        let originHost = origin.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init)
        guard let host, host.lowercased() == originHost?.lowercased() else {
            throw HTTPError(.forbidden, message: "Cross-origin request refused")
        }
    }
}
