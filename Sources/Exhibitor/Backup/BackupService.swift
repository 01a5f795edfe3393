import EnsembleBackup
import FoundationEssentials
import ObjectStorage
import Platform
import ServiceLifecycle

/// Backs the files of our server up every `backup-period-ms` while the switch `backups` is on
/// (contracts/exhibitor.md §11). Settings may change at any time.
public actor BackupService: Service {
    /// The first round of a manager comes this soon: a host that restarts more often than the period is backed up, too.
    static let standardFirstDelay = Duration.seconds(5)
    /// After a failure the next round comes this soon, when the period is longer.
    static let retryDelay = Duration.seconds(60)

    typealias MakeDestination = @Sendable (BackupSettings) async throws -> (any BackupDestination)?

    public nonisolated let state: BackupState
    nonisolated let provider: BackupProvider?

    private let firstDelay: Duration
    private let switches: SwitchStore
    private let activityLog: ActivityLog
    private let changes: @Sendable () async -> AsyncStream<Void>
    private let currentSettings: @Sendable () async -> BackupSettings
    private let makeDestination: MakeDestination
    private let clock = ContinuousClock()
    /// As of the last look; nil before the first.
    private var settings: BackupSettings?
    private var destination: (any BackupDestination)?
    /// What `destination` was made of.
    private var destinationSettings: BackupSettings?
    private var due: ContinuousClock.Instant
    /// The earliest wake-up that is under way.
    private var wakeAt: ContinuousClock.Instant?
    private var isAskedFor = false
    private var prunedAt: Int64?
    /// A snapshot that was found whole needs no second reading.
    private var intactSnapshot: BackupEntry?
    private let wakeUps: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - changes: a signal after every change of the settings.
    ///   - settings: those in force.
    ///   - makeDestination: nil for settings that name none.
    init(
        provider: BackupProvider?, switches: SwitchStore, activityLog: ActivityLog, state: BackupState = BackupState(),
        firstDelay: Duration = standardFirstDelay, changes: @escaping @Sendable () async -> AsyncStream<Void>,
        settings: @escaping @Sendable () async -> BackupSettings,
        makeDestination: @escaping MakeDestination
    ) {
        self.provider = provider
        self.switches = switches
        self.activityLog = activityLog
        self.state = state
        self.changes = changes
        currentSettings = settings
        self.makeDestination = makeDestination
        self.firstDelay = firstDelay
        due = clock.now + firstDelay
        (wakeUps, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Backups where the provider puts them.
    /// - makeStorage: opens a bucket, for the provider S3.
    init(
        provider: BackupProvider?, switches: SwitchStore, activityLog: ActivityLog,
        makeStorage: @escaping @Sendable (_ bucket: String) throws -> any ObjectStorage,
        changes: @escaping @Sendable () async -> AsyncStream<Void>, settings: @escaping @Sendable () async -> BackupSettings
    ) {
        self.init(
            provider: provider, switches: switches, activityLog: activityLog, changes: changes, settings: settings
        ) { settings in
            switch provider {
            case .fileSystem: settings.value("directory", of: .fileSystem).map(FileSystemDestination.init)
            case .s3: try ObjectStorageDestination.make(settings, makeStorage: makeStorage)
            case nil: nil
            }
        }
    }

    // MARK: - Settings and orders

    /// Looks at the settings; a changed period holds from now on.
    @discardableResult
    private func refresh() async -> BackupSettings {
        let fresh = await currentSettings()
        if let settings, fresh.periodMs != settings.periodMs, let period = fresh.period {
            // Off until now: the first round need not wait for a period.
            due = min(due, clock.now + (settings.period == nil ? firstDelay : period))
        }
        settings = fresh
        return fresh
    }

    /// The provider's settings with their values.
    func fields() async -> [BackupField] {
        guard let provider else { return [] }
        return provider.fields(with: await refresh().extra)
    }

    /// A round now, whatever the period and the switch say.
    func backUpNow() async -> OperationResult {
        guard provider != nil else { return .failed("No backup provider is configured") }
        do {
            guard try await currentDestination() != nil else { return .failed("The destination of the backups is not set") }
        } catch {
            return .failed("\(error)")
        }
        isAskedFor = true
        waker.yield()
        return .ok
    }

    // MARK: - Questions

    /// Everything stored, oldest first; empty without a provider or destination.
    func stored() async throws -> [StoredBackup] {
        guard let destination = try await currentDestination() else { return [] }
        return try await destination.list().sorted { ($0.entry.modified, $0.entry.name) < ($1.entry.modified, $1.entry.name) }
    }

    func currentDestination() async throws -> (any BackupDestination)? {
        guard provider != nil else { return nil }
        let wanted = await refresh()
        if destinationSettings != wanted {
            let made = try await makeDestination(wanted)
            destination = made
            destinationSettings = wanted
            state.update { values in
                values.active = made != nil
                values.destination = made?.description
            }
        }
        return destination
    }

    // MARK: - Rounds

    public func run() async {
        guard provider != nil else {
            // Nothing to do, but a service that ends would end the others.
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown { await self.runRounds() }
    }

    private func runRounds() async {
        let changes = await changes()
        await withDiscardingTaskGroup { group in
            group.addTask { for await _ in changes { self.waker.yield() } }
            waker.yield()
            for await _ in wakeUps {
                await roundIfDue()
                guard let instant = nextWakeUp() else { continue }
                group.addTask {
                    do { try await Task.sleep(until: instant, clock: .continuous) } catch { return }
                    await self.wakeUp(of: instant)
                }
            }
            group.cancelAll()
        }
    }

    private func roundIfDue() async {
        // Also makes a destination known before the first round.
        _ = try? await currentDestination()
        let isAskedFor = isAskedFor
        self.isAskedFor = false
        let period = settings?.period
        guard isAskedFor || (period != nil && due <= clock.now) else { return }
        let started = clock.now
        var pause = period ?? .zero
        if await switches.isOn(.backups) || isAskedFor, await !round() { pause = min(pause, Self.retryDelay) }
        due = max(started + pause, clock.now)
    }

    /// Nil when an earlier one is under way, or none is wanted.
    private func nextWakeUp() -> ContinuousClock.Instant? {
        guard settings?.period != nil, wakeAt.map({ due < $0 }) ?? true else { return nil }
        wakeAt = due
        return due
    }

    private func wakeUp(of instant: ContinuousClock.Instant) {
        if wakeAt == instant { wakeAt = nil }
        waker.yield()
    }

    /// - Returns: whether everything went well, or there was nothing to do.
    private func round() async -> Bool {
        state.update { $0.running = true }
        defer { state.update { $0.running = false } }
        do {
            guard let destination = try await currentDestination() else { return true }
            let stored = try await perform(on: destination)
            let now = Self.now
            state.update { values in
                if values.lastError != nil || values.lastSuccess == nil {
                    activityLog.add(.info, "Backups go to \(destination.description): \(stored.count) files", topic: .backup)
                }
                values.lastSuccess = now
                values.lastError = nil
                values.files = stored.count
                values.bytes = stored.reduce(0) { $0 + $1.bytes }
            }
            return true
        } catch is CancellationError {
            return true
        } catch {
            activityLog.add(.error, "The backup failed: \(error)", topic: .backup)
            state.update { $0.lastError = "\(error)" }
            return false
        }
    }

    private func perform(on destination: any BackupDestination) async throws -> [StoredBackup] {
        guard let settings else { return [] }
        let planner = BackupPlanner(maximumAge: Int64(settings.maxStoreMs))
        let now = Self.now
        let prunes = prunedAt.map { now - $0 >= settings.pruneIntervalMs || now < $0 } ?? true
        var stored = Dictionary(
            try await destination.list().map { ($0.entry, $0) }, uniquingKeysWith: { first, _ in first })
        let live = try await liveFiles(settings)
        let steps = planner.steps(live: Array(live.keys), stored: Array(stored.keys), prunes: prunes, now: now)
        for step in steps {
            try Task.checkCancellation()
            switch step {
            case .upload(let entry):
                guard let path = live[entry] else { continue }
                let bytes = try await destination.store(entry, from: path)
                stored[entry] = StoredBackup(entry: entry, bytes: bytes)
                activityLog.add(.debug, "Backed up \(entry.name), \(bytes) bytes")
            case .delete(let entry):
                try await destination.delete(entry)
                stored[entry] = nil
                activityLog.add(.debug, "Deleted the backup of \(entry.name) of \(entry.modified)")
            }
        }
        if prunes { prunedAt = now }
        return Array(stored.values)
    }

    /// What is worth storing, with its path: every log, and the newest snapshot that is whole.
    private func liveFiles(_ settings: BackupSettings) async throws -> [BackupEntry: String] {
        let known = intactSnapshot
        let (files, snapshot) = try await Files.onThread { () throws -> ([BackupEntry: String], BackupEntry?) in
            var files: [BackupEntry: String] = [:]
            for name in try Files.names(in: settings.logDirectory + "/version-2") {
                let path = "\(settings.logDirectory)/version-2/\(name)"
                // Purged since it was listed.
                guard let file = DataFile(name: name), file.isLog, let log = try? OpenFile(reading: path) else { continue }
                guard try LogHeader.isPresent(in: log) else { continue }
                files[BackupEntry(name: name, modified: try log.information().modified)] = path
            }
            let directory = settings.dataDirectory + "/version-2"
            for candidate in try Files.names(in: directory).compactMap(DataFile.init(name:)).snapshots {
                let path = "\(directory)/\(candidate.name)"
                guard case .snapshot(_, let compression) = candidate, let file = try? OpenFile(reading: path) else { continue }
                let entry = BackupEntry(name: candidate.name, modified: try file.information().modified)
                guard try entry == known || SnapshotSeal.isIntact(file, compression: compression) else { continue }
                files[entry] = path
                return (files, entry)
            }
            return (files, nil)
        }
        intactSnapshot = snapshot
        return files
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
