/// Renders the read endpoints off the master's actor, each at most once at a time, shared by everyone who asks meanwhile
/// (contracts/mesos.md §21.4 rule 10).
///
/// A document is served again as long as nothing changed; while things change it may be older than the request by up to
/// twice the time that its rendering takes, and by 250 ms at most.
actor DocumentCache {
    enum Document: Sendable, Hashable {
        case state, stateSummary, slaves, frameworks, roles, registry
    }

    private struct Rendered {
        var bytes: [UInt8]
        var revision: Int
        var at: ContinuousClock.Instant
        var cost: Duration
    }

    private let master: Master
    private var rendered: [Document: Rendered] = [:]
    private var underWay: [Document: Task<[UInt8], Never>] = [:]

    init(master: Master) { self.master = master }

    func document(_ document: Document) async -> [UInt8] {
        if let cached = rendered[document] {
            let age = cached.at.duration(to: .now)
            if age < min(cached.cost * 2, .milliseconds(250)) { return cached.bytes }
            if await master.revision == cached.revision { return cached.bytes }
        }
        if let task = underWay[document] { return await task.value }
        let (master, start) = (master, ContinuousClock.now)
        let (machine, revision) = await master.snapshot()
        // Another caller may have started while we asked.
        if let task = underWay[document] { return await task.value }
        let task = Task { Self.render(document, StateRenderer(machine: machine, build: master.build, startTime: master.startTime)) }
        underWay[document] = task
        let bytes = await task.value
        underWay[document] = nil
        rendered[document] = Rendered(bytes: bytes, revision: revision, at: .now, cost: start.duration(to: .now))
        return bytes
    }

    private nonisolated static func render(_ document: Document, _ renderer: StateRenderer) -> [UInt8] {
        switch document {
        case .state: renderer.state()
        case .stateSummary: renderer.stateSummary()
        case .slaves: renderer.slaves()
        case .frameworks: renderer.frameworksDocument()
        case .roles: renderer.roles()
        case .registry: renderer.registry()
        }
    }
}
