import EnsembleModel
import FoundationEssentials
import Logging
import SharedConfiguration

/// This instance's view of the shared configuration: polls the store, adopts what is new, and is the only one here that
/// writes to it (contracts/exhibitor.md §7.4).
///
/// Guarantees: a write replaces only the version that its author had seen; a store that cannot be reached leaves the last
/// good configuration in force, also across a restart of this process.
actor ConfigurationKeeper {
    /// What is in force on this host.
    struct Adopted: Sendable, Equatable {
        var collection: ConfigurationCollection
        /// Of the store; nil: from the local copy, the store has not been reached yet.
        var version: String?
    }

    enum Refusal: Error, Sendable, CustomStringConvertible {
        /// Somebody else changed the configuration, or holds the lock.
        case overtaken
        case rolling
        case fixed
        case unreachable(String)

        var description: String {
            switch self {
            case .overtaken: "another process has updated the configuration"
            case .rolling: "a rolling release is under way"
            case .fixed: "Configuration is static"
            case .unreachable(let reason): "the configuration store cannot be reached: \(reason)"
            }
        }
    }

    let store: any ConfigurationStore
    let hostname: String
    private let defaults: InstanceConfiguration
    private let archive: ConfigurationArchive
    private let activityLog: ActivityLog
    private(set) var adopted: Adopted
    /// The first attempt to read the store has ended.
    private(set) var isReady = false
    private var isStoreAway = false
    private var observers: [AsyncStream<Void>.Continuation] = []

    init(
        store: any ConfigurationStore, hostname: String, defaults: InstanceConfiguration, archive: ConfigurationArchive,
        activityLog: ActivityLog
    ) {
        self.store = store
        self.hostname = hostname
        self.defaults = defaults
        self.archive = archive
        self.activityLog = activityLog
        adopted = Adopted(collection: ConfigurationCollection(current: defaults), version: nil)
    }

    /// What this host runs with.
    var configuration: InstanceConfiguration { adopted.collection.configuration(for: hostname) }

    /// A signal after every adoption.
    func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        observers.append(continuation)
        return stream
    }

    // MARK: - Reading

    /// At the start: reads the store, or while it is away the copy of the last configuration that was good.
    func begin() async {
        if await !poll() { await goOnWithLocalCopy() }
        isReady = true
    }

    /// For a store that neither answers nor fails, like a share whose server is gone.
    func goOnWithLocalCopy() async {
        guard adopted.version == nil, !store.traits.isFixed, let text = await archive.lastText(), adopted.version == nil else { return }
        adopt(parse(text), version: nil, text: nil)
        activityLog.add(.info, "Going on with the local copy of the shared configuration")
    }

    /// Reads the store and adopts what is new.
    /// - Returns: whether the store could be read.
    @discardableResult
    func poll() async -> Bool {
        do {
            _ = try await load()
            return true
        } catch {
            return false
        }
    }

    /// Reads the store now, adopts what is new, and returns it.
    /// - Throws: `Refusal.unreachable`.
    func load() async throws -> Adopted {
        let stored: StoredConfiguration
        do {
            stored = try await store.load()
        } catch {
            if !isStoreAway { activityLog.add(.error, "The shared configuration cannot be read (\(store.summary)): \(error)") }
            isStoreAway = true
            throw Refusal.unreachable("\(error)")
        }
        if isStoreAway { activityLog.add(.info, "The shared configuration can be read again (\(store.summary))") }
        isStoreAway = false
        if adopted.version != stored.version { adopt(parse(stored.text), version: stored.version, text: stored.text) }
        return adopted
    }

    private func parse(_ text: String?) -> ConfigurationCollection {
        guard let text else { return ConfigurationCollection(current: defaults) }
        return ConfigurationCollection(properties: JavaProperties(parsing: text), defaults: defaults)
    }

    private func adopt(_ collection: ConfigurationCollection, version: String?, text: String?) {
        let isFirst = adopted.version == nil
        let before = adopted.collection
        adopted = Adopted(collection: collection, version: version)
        if collection != before, !isFirst { activityLog.add(.info, "Adopted a changed configuration", topic: .config) }
        if let text, !store.traits.isFixed { archive.keep(text, version: version ?? "", before: isFirst ? nil : before, now: collection) }
        for observer in observers { observer.yield() }
    }

    // MARK: - Writing

    /// Derives a new content from what is stored, under the lock, provided nobody changed it since `seen`.
    /// - Parameters:
    ///   - seen: what the author based the change on; nil: whatever is stored. Marks that instances make meanwhile, of
    ///     which authors know nothing, do not count as a difference.
    ///   - wait: for the lock.
    ///   - change: nil leaves everything as it is.
    /// - Throws: `Refusal`.
    func change(
        seen: ConfigurationCollection? = nil, wait: Duration = .seconds(10), allowsRolling: Bool = false,
        _ change: @Sendable (ConfigurationCollection) -> ConfigurationCollection?
    ) async throws {
        guard !store.traits.isFixed else { throw Refusal.fixed }
        let lock: (any ConfigurationLock)?
        do {
            lock = try await store.lock(owner: hostname, wait: wait)
        } catch {
            throw Refusal.unreachable("\(error)")
        }
        guard let lock else { throw Refusal.overtaken }
        let result: Result<Void, any Error>
        do {
            result = .success(try await replace(seen: seen, allowsRolling: allowsRolling, change))
        } catch {
            result = .failure(error)
        }
        await lock.release()
        try result.get()
    }

    /// Like `change`, without the lock: for steps of a rolling release, where the version alone decides.
    func step(_ change: @Sendable (ConfigurationCollection) -> ConfigurationCollection?) async throws {
        try await replace(seen: nil, allowsRolling: true, change)
    }

    /// Writers without the lock may come between the look and the write: then it looks again.
    private static let attempts = 3

    private func replace(
        seen: ConfigurationCollection?, allowsRolling: Bool, _ change: (ConfigurationCollection) -> ConfigurationCollection?
    ) async throws {
        for _ in 0..<Self.attempts {
            let present = try await load()
            guard let version = present.version, seen.map({ $0.isSame(forAuthors: present.collection) }) ?? true else {
                throw Refusal.overtaken
            }
            guard allowsRolling || present.collection.release == nil else { throw Refusal.rolling }
            guard let changed = change(present.collection), changed != present.collection else { return }
            let text = changed.text(writtenBy: hostname)
            let stored: StoredConfiguration?
            do {
                stored = try await store.store(text, replacing: version)
            } catch {
                throw Refusal.unreachable("\(error)")
            }
            guard let stored else { continue }
            // A later version may have been adopted while the answer was under way: reading again costs little.
            if adopted.version == version { adopt(parse(stored.text ?? text), version: stored.version, text: stored.text ?? text) }
            return
        }
        await poll()
        throw Refusal.overtaken
    }

    func history(limit: Int) async -> [ConfigurationArchive.Entry] { await archive.history(limit: limit) }
}
