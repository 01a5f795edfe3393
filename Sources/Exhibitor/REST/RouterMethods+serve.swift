import HTTPTypes
import Hummingbird

extension RouterMethods {
    /// Serves a path; a method it does not know is answered 405 with the ones it does, where the router alone says 404.
    func serve(
        _ path: RouterPath, _ methods: [HTTPRequest.Method],
        use handler: @Sendable @escaping (Request, Context) async throws -> Response
    ) {
        for method in methods { on(path, method: method, use: handler) }
        if methods.contains(.get) {
            on(path, method: .head) { request, context in
                let response = try await handler(request, context)
                return response.createHeadResponse()
            }
        }
        let allowed = methods.map(\.rawValue).joined(separator: ", ")
        for method in [HTTPRequest.Method.get, .post, .put, .delete, .patch] where !methods.contains(method) {
            on(path, method: method) { _, _ -> Response in
                throw HTTPError(.methodNotAllowed, headers: [.allow: allowed], message: "Method Not Allowed")
            }
        }
    }
}
