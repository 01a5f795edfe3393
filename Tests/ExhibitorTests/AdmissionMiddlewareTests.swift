import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Platform
import Testing

@testable import Exhibitor

/// The cap in front of a server that answers when it is told to.
@Suite(.serialized) struct AdmissionMiddlewareTests {
    private typealias Middleware = AdmissionMiddleware<BasicRequestContext>

    private struct Server {
        let http: HTTPClient
        let address: String
        let middleware: Middleware

        func get(_ path: String, headers: NIOHTTP1.HTTPHeaders = [:]) async throws -> HTTPClientResponse {
            var request = HTTPClientRequest(url: "http://\(address)\(path)")
            request.headers = headers
            return try await http.execute(request, timeout: .seconds(60))
        }
    }

    private static func run(_ body: (Server, AsyncStream<Void>.Continuation) async throws -> Void) async throws {
        let middleware = Middleware(
            requests: Admission(capacity: 1, waitingLimit: 1), streams: Admission(capacity: 1, waitingLimit: 0), bodyLimit: 100)
        let (turns, turn) = AsyncStream.makeStream(of: Void.self)
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: ResultErrorMiddleware())
        router.add(middleware: middleware)
        router.get("slow") { _, _ in
            var iterator = turns.makeAsyncIterator()
            await iterator.next()
            return Response(status: .ok)
        }
        router.get("trickle") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: "a"))
                    var iterator = turns.makeAsyncIterator()
                    await iterator.next()
                    try await writer.finish(nil)
                })
        }
        router.get("events") { _, _ in EventStream.response { _ in try await Task.sleep(for: .seconds(3600)) } }
        router.get("exhibitor/v1/cluster/state") { _, _ in Response(status: .ok) }
        router.post("body") { _, _ in Response(status: .ok) }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let application = HTTPServing.makeApplication(router: router, host: "127.0.34.9", port: 0, logger: Logger(label: "test")) {
            port.yield($0)
        }
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 100
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await application.run() }
                var iterator = ports.makeAsyncIterator()
                let number = try #require(await iterator.next())
                try await body(Server(http: http, address: "127.0.34.9:\(number)", middleware: middleware), turn)
                group.cancelAll()
                do { while try await group.next() != nil {} } catch is CancellationError {}
            }
            try await http.shutdown()
        } catch {
            try await http.shutdown()
            throw error
        }
    }

    private static func wait(_ admission: Admission, _ location: SourceLocation = #_sourceLocation, for load: Admission.Load) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while admission.load != load {
            guard ContinuousClock.now < end else {
                Issue.record("the load stays \(admission.load)", sourceLocation: location)
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test(arguments: ["/slow", "/trickle"])
    func refusesWhatIsTooMuch(_ path: String) async throws {
        try await Self.run { server, turn async throws in
            async let first = server.get(path)
            try await Self.wait(server.middleware.requests, for: Admission.Load(active: 1))
            async let second = server.get("/slow")
            try await Self.wait(server.middleware.requests, for: Admission.Load(active: 1, waiting: 1))
            let third = try await server.get("/slow")
            #expect(third.status == .serviceUnavailable)
            #expect(third.headers.first(name: "retry-after") == "1")
            #expect(
                String(buffer: try await third.body.collect(upTo: 1000)) == #"{"message":"Too many requests at once","succeeded":false}"#)
            // Members ask each other while they are full.
            #expect(try await server.get("/exhibitor/v1/cluster/state").status == .ok)
            turn.yield()
            turn.yield()
            #expect(try await first.body.collect(upTo: 1000).readableBytes == (path == "/slow" ? 0 : 1))
            #expect(try await second.status == .ok)
            try await Self.wait(server.middleware.requests, for: Admission.Load(refused: 1))
        }
    }

    @Test func streamsOfEventsHavePlacesOfTheirOwn() async throws {
        try await Self.run { server, turn async throws in
            let stream = try await server.get("/events")
            #expect(stream.status == .ok)
            #expect(server.middleware.requests.load == Admission.Load())
            #expect(server.middleware.streams.load == Admission.Load(active: 1))
            #expect(try await server.get("/events").status == .serviceUnavailable)
            turn.yield()
            #expect(try await server.get("/slow").status == .ok)
            withExtendedLifetime(stream) {}
        }
    }

    @Test func refusesLargeBodiesBeforeTheyCome() async throws {
        try await Self.run { server, _ async throws in
            var request = HTTPClientRequest(url: "http://\(server.address)/body")
            request.method = .POST
            request.body = .bytes(ByteBuffer(repeating: 0, count: 101))
            #expect(try await server.http.execute(request, timeout: .seconds(30)).status == .payloadTooLarge)
        }
    }
}
