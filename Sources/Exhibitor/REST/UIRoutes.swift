import HTTPTypes
import Hummingbird
import NIOCore

/// The web page: its files and its live feed.
struct UIRoutes<Context: RequestContext>: Sendable {
    let broadcaster: StatusBroadcaster
    let assets: UIAssets

    /// Nothing but our own files, no inline code, no framing by other sites.
    private static var securityHeaders: HTTPFields {
        var fields: HTTPFields = [:]
        func set(_ name: String, _ value: String) {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        set(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
        )
        set("X-Content-Type-Options", "nosniff")
        set("Referrer-Policy", "no-referrer")
        set("Cache-Control", "no-cache")
        return fields
    }

    func add(to router: Router<Context>) {
        router.serve("/", [.get]) { _, _ in
            // Relative: the page also works behind the /exhibitor/ prefix of Admin Router.
            Response(status: .found, headers: [.location: "exhibitor/v1/ui/index.html"])
        }
        let group = router.group("exhibitor/v1/ui")
        group.serve("events", [.get]) { _, _ in try await feed() }
        router.group("exhibitor/v1/cluster").serve("events", [.get]) { _, _ in try await feed() }
        group.serve("**", [.get]) { request, context in
            try file(context.parameters.getCatchAll().joined(separator: "/"), request)
        }
    }

    private func file(_ path: String, _ request: Request) throws -> Response {
        guard let file = assets.files[path] else {
            guard path == "index.html" else { throw HTTPError(.notFound) }
            return missingPage
        }
        var headers = Self.securityHeaders
        headers[.eTag] = file.entityTag
        if request.headers[.ifNoneMatch] == file.entityTag { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = file.contentType
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: file.bytes)))
    }

    private var missingPage: Response {
        var headers = Self.securityHeaders
        headers[.contentType] = "text/html; charset=utf-8"
        let page = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Exhibitor for ZooKeeper</title></head><body>
            <h1>Exhibitor for ZooKeeper</h1>
            <p>The files of this page are not installed (\(assets.explanation)). Start the daemon with --assets &lt;directory&gt;.
            Everything else works: <a href="../cluster/status">state of the ensemble</a>, <a href="../cluster/log">log</a>.</p>
            </body></html>
            """
        return Response(status: .internalServerError, headers: headers, body: .init(byteBuffer: ByteBuffer(string: page)))
    }

    // MARK: - Live

    /// Server-sent events: the whole state when it changed, what happened, a sign of life in between.
    private func feed() async throws -> Response {
        guard let messages = await broadcaster.subscribe() else {
            throw HTTPError(.serviceUnavailable, message: "too many pages are open")
        }
        var headers = Self.securityHeaders
        headers[.contentType] = "text/event-stream"
        let body = ResponseBody { writer in
            // At once, so that the page knows it is connected.
            try await writer.write(ByteBuffer(string: ": connected\n\n"))
            for await case .event(let event) in messages { try await writer.write(event) }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}
