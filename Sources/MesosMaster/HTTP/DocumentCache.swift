import Hummingbird
import NIOCore
import NIOPosix
import Platform

/// Renders the read endpoints off the master's actor, on threads of their own, each at most once at a time, shared by
/// everyone who asks meanwhile (contracts/mesos.md §21.4 rule 10).
///
/// A document is served again as long as nothing changed; while things change it may be older than the request by up to
/// twice the time that its rendering takes, and by 250 ms at most.
actor DocumentCache {
    enum Document: Sendable, Hashable {
        case state, stateSummary, slaves, frameworks, roles, registry
    }

    private struct Rendered {
        var bytes: ByteBuffer
        /// In gzip form, once somebody asked for it.
        var compressed: ByteBuffer?
        var revision: Int
        var at: ContinuousClock.Instant
        var cost: Duration
    }

    private let master: Master
    private var rendered: [Document: Rendered] = [:]
    private var underWay: [Document: Task<ByteBuffer, any Error>] = [:]

    init(master: Master) { self.master = master }

    func respond(_ document: Document, to request: Request) async throws -> Response {
        let bytes = try await self.document(document)
        guard Gzip.isAccepted(by: request), Gzip.isWorthwhile(bytes.readableBytes), request.uri.queryParameters["jsonp"] == nil else {
            return JSONResponse.answer(bytes, to: request)
        }
        if let entry = rendered[document], entry.bytes == bytes, let compressed = entry.compressed {
            return JSONResponse.answer(bytes, to: request, compressed: compressed)
        }
        let compressed = try await Self.offThePool { Gzip.compress(bytes) }
        if rendered[document]?.revision != nil, rendered[document]?.bytes == bytes { rendered[document]?.compressed = compressed }
        return JSONResponse.answer(bytes, to: request, compressed: compressed)
    }

    func document(_ document: Document) async throws -> ByteBuffer {
        if let cached = rendered[document] {
            let age = cached.at.duration(to: .now)
            if age < min(cached.cost * 2, .milliseconds(250)) { return cached.bytes }
            if await master.revision == cached.revision { return cached.bytes }
        }
        if let task = underWay[document] { return try await task.value }
        let (master, start) = (master, ContinuousClock.now)
        let (machine, revision) = await master.snapshot()
        // Another caller may have started while we asked.
        if let task = underWay[document] { return try await task.value }
        let renderer = StateRenderer(machine: machine, build: master.build, startTime: master.startTime)
        let task = Task { try await Self.offThePool { Self.render(document, renderer) } }
        underWay[document] = task
        defer { underWay[document] = nil }
        let bytes = try await task.value
        rendered[document] = Rendered(bytes: bytes, revision: revision, at: .now, cost: start.duration(to: .now))
        return bytes
    }

    /// What `/metrics/snapshot` shows.
    func metrics() async -> MetricsRenderer {
        let machine = await master.snapshot().machine
        let registry = machine.isLeading ? (try? await document(.registry))?.readableBytes : nil
        return MetricsRenderer(
            renderer: StateRenderer(machine: machine, build: master.build, startTime: master.startTime), uptime: await master.uptime,
            system: .current(), timers: await master.timers, registrySize: registry ?? 0)
    }

    /// For what takes long enough to be in the way of the master's own work.
    static func offThePool<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await NIOThreadPool.singleton.runIfActive(body)
    }

    private static func render(_ document: Document, _ renderer: StateRenderer) -> ByteBuffer {
        let bytes =
            switch document {
            case .state: renderer.state()
            case .stateSummary: renderer.stateSummary()
            case .slaves: renderer.slaves()
            case .frameworks: renderer.frameworksDocument()
            case .roles: renderer.roles()
            case .registry: renderer.registry()
            }
        return ByteBuffer(bytes: bytes)
    }
}
