import HTTPTypes
import Hummingbird
import NIOCore
import Platform

/// The additional tabs of the page and the order to end, `/exhibitor/v1/ui/*` (contracts/exhibitor.md §6).
struct UITabRoutes<Context: RequestContext>: Sendable {
    let activityLog: ActivityLog
    /// Ends the manager; the server lives on. Nil: not enabled.
    let shutdown: (@Sendable () -> Void)?

    private struct Tab: Encodable {
        var html = false
        var name: String
        var type = "SIMPLE"
        var url: String
    }

    func add(to group: RouterGroup<Context>) {
        group.serve("tabs", [.get]) { _, _ in try JSONResponse.make([Tab(name: "Log", url: "tab/0")]) }
        group.serve("tab/:number", [.get]) { _, context in
            text(try content(context), type: "text/plain; charset=utf-8")
        }
        group.serve("tab-html/:number", [.get]) { _, context in
            // What clients sent is in the log: it must not become markup.
            text("<pre>\(Self.escaped(try content(context)))</pre>", type: "text/html; charset=utf-8")
        }
        group.serve("shutdown", [.get, .post]) { request, _ in
            guard let shutdown else { throw HTTPError(.notFound) }
            try SameOrigin.check(request)
            activityLog.add(.info, "The operator asked the manager to end")
            shutdown()
            return try JSONResponse.make(OperationResult.ok)
        }
    }

    private func content(_ context: Context) throws -> String {
        guard context.parameters.get("number") == "0" else { throw HTTPError(.notFound) }
        return activityLog.text
    }

    private func text(_ text: String, type: String) -> Response {
        var headers: HTTPFields = [.contentType: type, .cacheControl: "no-cache"]
        if let name = HTTPField.Name("X-Content-Type-Options") { headers[name] = "nosniff" }
        if let name = HTTPField.Name("Content-Security-Policy") { headers[name] = "default-src 'none'; frame-ancestors 'self'" }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
