import EnsembleModel
import FoundationEssentials
import Logging
import ServiceLifecycle
import Synchronization
import TransactionLog

/// Makes indexes of the transaction logs, one at a time, and answers questions about them.
actor IndexService: Service {
    /// Where things are; may change with the configuration.
    struct Places: Sendable, Equatable {
        /// `log-index-directory`.
        var index: String
        /// `version-2` with the logs, and with the snapshots.
        var logs: String
        var snapshots: String
    }

    /// Tells the thread that makes an index that nobody waits for it any more.
    private final class CancellationFlag: Sendable {
        let isSet = Atomic(false)
    }

    private let places: @Sendable () async -> Places
    private let archive: any LogArchive
    private let activityLog: ActivityLog
    private let orders: AsyncStream<Void>
    private let ordering: AsyncStream<Void>.Continuation
    private var isMaking = false
    private var searches = SearchCache()
    private var generator = SystemRandomNumberGenerator()
    /// Deleted, but somebody may still look at hits in them.
    private var doomed: Set<String> = []

    init(places: @escaping @Sendable () async -> Places, archive: any LogArchive, activityLog: ActivityLog) {
        self.places = places
        self.archive = archive
        self.activityLog = activityLog
        (orders, ordering) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Of the server of this host, in the directory that the configuration names.
    init(monitor: ProcessMonitor, configurations: ConfigurationKeeper, archive: any LogArchive, activityLog: ActivityLog) {
        self.init(
            places: {
                let settings = await monitor.settings
                let directory = await configurations.configuration.logIndexDirectory
                return Places(
                    index: directory.isEmpty ? settings.logDirectory : directory, logs: settings.logDirectory + "/version-2",
                    snapshots: settings.dataDirectory + "/version-2")
            }, archive: archive, activityLog: activityLog)
    }

    // MARK: - Making

    /// Makes the indexes that are ordered, until the task is cancelled or the service group shuts down.
    func run() async {
        await cancelWhenGracefulShutdown { await self.carryOutOrders() }
    }

    private func carryOutOrders() async {
        let catalog = await catalog()
        try? await IndexThreads.make { catalog.sweep() }
        for await _ in orders {
            do {
                try await make()
            } catch is CancellationError {
            } catch {
                activityLog.add(.error, "The transaction logs could not be indexed: \(error)")
            }
            isMaking = false
        }
    }

    /// Orders an index.
    /// - Returns: false while one is being made.
    func order() -> Bool {
        guard !isMaking else { return false }
        isMaking = true
        activityLog.add(.info, "Indexing the transaction logs")
        ordering.yield()
        return true
    }

    private func make() async throws {
        let places = await places()
        let catalog = IndexCatalog(directory: places.index)
        let time = Int64(Date().timeIntervalSince1970 * 1000)
        let flag = CancellationFlag()
        let began = ContinuousClock.now
        let (scratch, build) = try await IndexThreads.make { (try catalog.makeScratch(time: time), try catalog.begin(time: time)) }
        let result: Result<IndexSummary, any Error>
        do {
            try await withTaskCancellationHandler {
                try await fill(build, from: places, scratch: scratch, flag)
            } onCancel: {
                flag.isSet.store(true, ordering: .relaxed)
            }
            result = .success(try await IndexThreads.make { try build.finish() })
        } catch {
            result = .failure(error)
        }
        let hasFailed = if case .failure = result { true } else { false }
        try? await IndexThreads.make {
            if hasFailed { build.discard() }
            try FileManager.default.removeItem(atPath: scratch)
        }
        for problem in build.problems.prefix(10) { activityLog.add(.info, "Index: \(problem)") }
        let summary = try result.get()
        let seconds = Int(((ContinuousClock.now - began) / .seconds(1)).rounded(.up))
        activityLog.add(
            .info, "Index \(summary.name): \(summary.count) records of \(build.bytesRead / 1_000_000) MB of logs in \(seconds) s")
    }

    /// A log that an index is made of.
    private enum Source: Sendable {
        case live(StorageFile)
        case archived(ArchivedLog, zxid: Int64)

        var zxid: Int64 {
            switch self {
            case .live(let file): file.zxid
            case .archived(_, let zxid): zxid
            }
        }
    }

    /// One archived log at a time is on this host: the disk need not hold them all.
    private func fill(_ build: IndexBuild, from places: Places, scratch: String, _ flag: CancellationFlag) async throws {
        let sources = try await sources(places)
        let oldest = sources.first?.zxid ?? .max
        try await IndexThreads.make {
            try build.add(snapshots: StorageFile.list(.snapshot, in: places.snapshots), before: oldest) {
                flag.isSet.load(ordering: .relaxed)
            }
        }
        for source in sources {
            switch source {
            case .live(let file):
                try await IndexThreads.make { try build.add(log: file) { flag.isSet.load(ordering: .relaxed) } }
            case .archived(let log, let zxid):
                let path = scratch + "/" + log.name
                do {
                    try await archive.fetch(log, to: path)
                } catch let error where !(error is CancellationError) {
                    // The index is smaller without it, but there is one.
                    activityLog.add(.info, "Index: the backup of \(log.name) is left out: \(error)")
                    continue
                }
                try await IndexThreads.make {
                    defer { try? FileManager.default.removeItem(atPath: path) }
                    let file = StorageFile(kind: .log, zxid: zxid, compression: .none, path: path)
                    try build.add(log: file) { flag.isSet.load(ordering: .relaxed) }
                }
            }
        }
    }

    /// In the order of zxids: the logs of the server, and of those that it does not have any more the newest backups.
    private func sources(_ places: Places) async throws -> [Source] {
        let live = try await IndexThreads.make { StorageFile.list(.log, in: places.logs) }
        let present = Set(live.map(\.zxid))
        var newest: [Int64: ArchivedLog] = [:]
        do {
            for log in try await archive.logs() {
                guard let file = StorageFile(name: log.name, path: ""), file.kind == .log, !present.contains(file.zxid) else { continue }
                if newest[file.zxid].map({ $0.modifiedDate < log.modifiedDate }) ?? true { newest[file.zxid] = log }
            }
        } catch let error where !(error is CancellationError) {
            activityLog.add(.info, "Index: backups are left out: \(error)")
        }
        return (live.map(Source.live) + newest.map { Source.archived($0.value, zxid: $0.key) }).sorted { $0.zxid < $1.zxid }
    }

    // MARK: - Questions

    private func catalog() async -> IndexCatalog { IndexCatalog(directory: await places().index) }

    func list() async throws -> [IndexSummary] {
        let catalog = await catalog()
        let doomed = doomed
        return try await IndexThreads.search { catalog.list() }.filter { !doomed.contains($0.name) }
    }

    /// - Returns: nil when there is no such index.
    func search(_ name: String, _ query: IndexQuery, limit: Int, reusing handle: String?) async throws -> String? {
        guard !doomed.contains(name) else { return nil }
        let hits = try await reading(name) { try $0.search(query, limit: limit) }
        return hits.map { searches.insert($0, index: name, reusing: handle, at: .now, using: &generator) }
    }

    /// A page of the hits of a search; of all records, newest first, when the handle is unknown or has expired.
    /// - Returns: nil when there is no such index.
    func page(_ name: String, handle: String, start: Int, length: Int) async throws -> (records: [IndexRecord], hits: Int, total: Int)? {
        let hits = searches.hits(handle, index: name, at: .now)
        return try await reading(name) { reader in
            let total = reader.summary.count
            let count = hits?.count ?? total
            let range = min(max(0, start), count)..<min(max(0, start) + max(0, length), count)
            let records = try range.compactMap { try reader.record(hits?[$0] ?? total - 1 - $0) }
            return (records, count, total)
        }
    }

    /// - Returns: nil when there is no such index or record.
    func record(_ name: String, _ id: Int) async throws -> (record: IndexRecord, data: [UInt8]?)? {
        try await reading(name) { reader in
            try reader.record(id).map { ($0, try reader.data(of: $0)) }
        } ?? nil
    }

    /// What became of one znode, newest first.
    /// - byteLimit: of all data together; older versions are left out.
    /// - Returns: nil when there is no such index.
    func versions(
        _ name: String, path: String, limit: Int, byteLimit: Int = 16 << 20
    ) async throws -> [(record: IndexRecord, data: [UInt8]?)]? {
        var query = IndexQuery()
        query.path = path
        return try await reading(name) { [query] reader in
            var versions: [(record: IndexRecord, data: [UInt8]?)] = []
            var bytes = 0
            for id in try reader.search(query, limit: limit) {
                guard let record = try reader.record(id) else { continue }
                bytes += record.data?.count ?? 0
                guard bytes <= byteLimit || versions.isEmpty else { break }
                versions.append((record, try reader.data(of: record)))
            }
            return versions
        }
    }

    func release(_ name: String, handle: String) async throws -> Bool {
        guard try await exists(name) else { return false }
        searches.release(handle, index: name)
        await removeDoomed()
        return true
    }

    /// Deletes an index; as long as somebody may look at hits in it, it is only hidden.
    /// - Returns: false when there is none.
    func delete(_ name: String) async throws -> Bool {
        guard !doomed.contains(name), try await exists(name) else { return false }
        doomed.insert(name)
        await removeDoomed()
        return true
    }

    private func exists(_ name: String) async throws -> Bool {
        let catalog = await catalog()
        return try await IndexThreads.search { catalog.summary(named: name) != nil }
    }

    private func removeDoomed() async {
        let unused = doomed.filter { !searches.uses($0, at: .now) }
        guard !unused.isEmpty else { return }
        let catalog = await catalog()
        for name in unused {
            do {
                try await IndexThreads.search { try catalog.remove(name) }
                doomed.remove(name)
            } catch {
                activityLog.add(.error, "The index \(name) could not be deleted: \(error)")
            }
        }
    }

    private func reading<Value: Sendable>(
        _ name: String, _ body: @escaping @Sendable (IndexReader) throws -> Value
    ) async throws -> Value? {
        await removeDoomed()
        let catalog = await catalog()
        return try await IndexThreads.search {
            let reader: IndexReader
            do throws(TransactionLogError) {
                reader = try catalog.open(name)
            } catch .noIndex {
                return nil
            }
            return try body(reader)
        }
    }
}
