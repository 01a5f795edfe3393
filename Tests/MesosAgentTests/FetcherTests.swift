import AsyncHTTPClient
import Glibc
import Hummingbird
import Logging
import NIOCore
import Platform
import ResourceModel
import Synchronization
import TaskProcess
import Testing

@testable import MesosAgent

/// The fetcher with real processes and a real server.
@Suite("Fetching", .serialized) struct FetcherTests {
    /// What was asked of the server: `GET /path`.
    private final class Requests: Sendable {
        private let list = Mutex<[String]>([])
        var all: [String] { list.withLock { $0 } }
        func add(_ text: String) { list.withLock { $0.append(text) } }
    }

    private struct World: Sendable {
        let fetcher: Fetcher
        let cache: FetchCache
        let directory: String
        let sandbox: String
        let server: String
        let requests: Requests

        func fetch(_ value: String, into other: String? = nil, _ change: (inout CommandInfo.URI) -> Void = { _ in }) async throws {
            var uri = CommandInfo.URI(value: value)
            change(&uri)
            try await fetcher.fetch([uri], into: other ?? sandbox, identity: nil)
        }
        func text(_ name: String) -> String? { FileText.read(sandbox + "/" + name) }
    }

    private func withWorld(cacheSize: Int = 1 << 20, _ body: @escaping @Sendable (World) async throws -> Void) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let sandbox = scratch.path + "/sandbox"
        try DirectoryTree.create(sandbox, mode: 0o755)
        let io = BlockingIO()
        let http = HTTPClient(eventLoopGroupProvider: .singleton)
        let requests = Requests()
        let router = Router()
        func serve(_ path: RouterPath, _ bytes: Int) {
            router.get(path) { request, _ in
                requests.add("GET \(request.uri.path)")
                return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(repeating: 0x78, count: bytes)))
            }
            router.head(path) { request, _ in
                Response(status: .ok, headers: [.contentLength: "\(bytes)"])
            }
        }
        serve("file", 1000)
        serve("other", 1000)
        serve("large", 1 << 20)
        router.get("moved") { _, _ in Response(status: .found, headers: [.location: "/file"]) }
        let port = LatestValue<Int?>(nil)
        let application = HTTPServing.makeApplication(router: router, host: "127.0.0.1", port: 0, logger: Self.quiet) { port.set($0) }
        let cache = FetchCache(directory: scratch.path + "/cache", capacity: cacheSize, io: io)
        let fetcher = Fetcher(
            oneShot: OneShot(shim: ShimProcess(executable: Scratch.shim), io: io), io: io, http: http, frameworksHome: scratch.path,
            cache: cache, agent: { "a-S0" })
        let directory = scratch.path
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await application.run() }
                let (start, version) = port.current
                if start == nil { await port.changed(since: version) }
                let bound = try #require(port.current.value)
                do {
                    try await body(
                        World(
                            fetcher: fetcher, cache: cache, directory: directory, sandbox: sandbox, server: "http://127.0.0.1:\(bound)",
                            requests: requests))
                } catch {
                    group.cancelAll()
                    throw error
                }
                group.cancelAll()
                while (try? await group.next()) != nil {}
            }
            try await http.shutdown()
            await io.stop()
        } catch {
            try? await http.shutdown()
            await io.stop()
            throw error
        }
    }

    private static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    private func shell(_ command: String, in directory: String) async throws {
        let io = BlockingIO(threads: 1)
        let oneShot = OneShot(shim: ShimProcess(executable: Scratch.shim), io: io)
        let outcome = await oneShot.run(
            .init(
                executable: "/bin/sh", arguments: ["sh", "-c", command], environment: ["PATH=" + TaskEnvironment.defaultPath],
                directory: directory),
            timeout: .seconds(60))
        await io.stop()
        #expect(outcome == .code(0), "\(command)")
    }

    @Test func `files of this machine come by path, by URL and relative to the frameworks' home`() async throws {
        try await withWorld { world in
            try await shell("echo hello > source", in: world.directory)
            try await world.fetch(world.directory + "/source") { $0.output_file = "one" }
            try await world.fetch("file://" + world.directory + "/source") { $0.output_file = "sub/dir/two" }
            try await world.fetch("source")
            #expect(world.text("one") == "hello\n" && world.text("sub/dir/two") == "hello\n" && world.text("source") == "hello\n")
            #expect(world.text("stderr")?.contains("Fetching 'source' as 'source'") == true)
        }
    }

    @Test func `every kind of archive is unpacked and stays`() async throws {
        try await withWorld { world in
            try await shell(
                "echo in > f; tar cf a.tar f; tar czf b.tgz f; tar czf c.tar.gz f; tar cjf d.tbz2 f; tar cjf e.tar.bz2 f; "
                    + "tar cJf g.txz f; tar cJf h.tar.xz f; zip -q i.zip f; echo gz > j; gzip j", in: world.directory)
            for name in ["a.tar", "b.tgz", "c.tar.gz", "d.tbz2", "e.tar.bz2", "g.txz", "h.tar.xz", "i.zip"] {
                unlink(world.sandbox + "/f")
                try await world.fetch(world.directory + "/" + name)
                #expect(world.text("f") == "in\n" && world.text(name) != nil, "\(name)")
            }
            try await world.fetch(world.directory + "/j.gz")
            #expect(world.text("j") == "gz\n" && world.text("j.gz") != nil)
        }
    }

    @Test func `an executable is not unpacked but made executable`() async throws {
        try await withWorld { world in
            try await shell("echo in > f; tar cf a.tar f", in: world.directory)
            try await world.fetch(world.directory + "/a.tar") { $0.executable = true }
            #expect(DirectoryTree.information(world.sandbox + "/a.tar").map { $0.st_mode & 0o777 } == 0o755)
            #expect(world.text("f") == nil)
            try await world.fetch(world.directory + "/a.tar") { $0.extract = false }
            #expect(world.text("f") == nil)
        }
    }

    @Test func `redirects are followed, other answers than 200 fail with their reason`() async throws {
        try await withWorld { world in
            try await world.fetch(world.server + "/moved") { $0.output_file = "file" }
            #expect(world.text("file")?.utf8.count == 1000)
            let missing = world.server + "/missing.tgz"
            await #expect(throws: LaunchFailure.container("Failed to fetch '\(missing)': the server answered 404")) {
                try await world.fetch(missing)
            }
            #expect(world.text("stderr")?.contains("the server answered 404") == true)
            await #expect(throws: LaunchFailure.container("Failed to fetch '/no/such': cp exited with status 1")) {
                try await world.fetch("/no/such")
            }
        }
    }

    @Test func `what is cached is downloaded once, also by many at the same time`() async throws {
        try await withWorld { world in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<10 {
                    let sandbox = world.directory + "/s\(index)"
                    try DirectoryTree.create(sandbox, mode: 0o755)
                    group.addTask { try await world.fetch(world.server + "/file", into: sandbox) { $0.cache = true } }
                }
                try await group.waitForAll()
            }
            #expect(world.requests.all == ["GET /file"])
            for index in 0..<10 { #expect(FileText.read(world.directory + "/s\(index)/file")?.utf8.count == 1000) }
            #expect(world.cache.count == 1 && world.cache.size == 1000)
        }
    }

    @Test func `the cache keeps to its size, and what is too large is fetched without it`() async throws {
        try await withWorld(cacheSize: 1500) { world in
            for name in ["file", "other", "large"] { try await world.fetch(world.server + "/" + name) { $0.cache = true } }
            #expect(world.text("large")?.utf8.count == 1 << 20)
            #expect(world.cache.count == 1 && world.cache.size == 1000)
            #expect(DirectoryTree.names(world.directory + "/cache/a-S0").count == 1)
            FetchCache.empty(directory: world.directory + "/cache", agent: "a-S0")
            #expect(DirectoryTree.names(world.directory + "/cache").isEmpty)
        }
    }
}
