import EnsembleModel
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import ServiceLifecycle

/// The web page: its files and its live feed.
struct UIRoutes<Context: RequestContext>: Sendable {
    let cluster: Cluster
    let assets: UIAssets
    let headingText: String?

    /// How often a page hears of the ensemble, and the longest silence after which it knows that its feed is alive.
    private static var feedInterval: Duration { .seconds(1) }
    private static var heartbeat: Duration { .seconds(5) }

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
        group.serve("events", [.get]) { _, _ in feed() }
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

    private struct FeedMessage: Encodable, Equatable {
        var hostname: String
        var heading: String?
        var port: Int
        var servers: [Server]
        var switches: StateBody.Switches

        struct Server: Encodable, Equatable {
            var id: Int
            var observer: Bool
            var status: StatusEntry
        }
    }

    private func message() async -> FeedMessage {
        let settings = await cluster.monitor.settings
        let entries = await cluster.status()
        return FeedMessage(
            hostname: settings.hostname, heading: headingText, port: settings.clientPort,
            servers: zip(settings.servers.servers, entries).map { server, entry in
                FeedMessage.Server(id: server.id, observer: server.role == .observer, status: entry)
            },
            switches: await cluster.state().switches)
    }

    /// Server-sent events: the whole state when it changed, a comment when it did not for a while.
    private func feed() -> Response {
        var headers = Self.securityHeaders
        headers[.contentType] = "text/event-stream"
        let body = ResponseBody { writer in
            let (chunks, output) = AsyncStream.makeStream(of: ByteBuffer.self, bufferingPolicy: .bufferingNewest(4))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { output.finish() }
                    try await cancelWhenGracefulShutdown { try await produce(into: output) }
                }
                for await chunk in chunks { try await writer.write(chunk) }
                group.cancelAll()
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private func produce(into output: AsyncStream<ByteBuffer>.Continuation) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let clock = ContinuousClock()
        var last: FeedMessage?
        var lastSent = clock.now
        while !Task.isCancelled {
            let message = await message()
            if message != last {
                last = message
                lastSent = clock.now
                output.yield(ByteBuffer(string: "data: \(String(decoding: try encoder.encode(message), as: UTF8.self))\n\n"))
            } else if clock.now - lastSent >= Self.heartbeat {
                lastSent = clock.now
                output.yield(ByteBuffer(string: "event: alive\ndata: {}\n\n"))
            }
            try await Task.sleep(for: Self.feedInterval)
        }
    }
}
