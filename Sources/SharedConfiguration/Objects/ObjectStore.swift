public import Logging
import NIOCore
public import ObjectStorage

/// `--configtype s3`, `azure` and `gcs`: the configuration as an object (contracts/exhibitor.md §7.5).
///
/// Versions are those of the service, and it compares them itself when it replaces the object. A service that cannot is
/// found out before the first write; then the comparison is ours, under a pseudo lock.
///
/// Besides the configuration the bucket holds the keys of the pseudo lock and an object per candidate
/// (`<key>-candidates/<host>`).
public struct ObjectStore<Storage: ObjectStorage>: ConfigurationStore {
    private let storage: Storage
    private let key: String
    private let prefix: String
    private let foreignLockPrefixes: [String]
    private let conditions: ConditionalWrites
    private let presence = PresenceMemory()
    private let logger: Logger

    public let summary: String
    public var traits: ConfigurationStoreTraits { .shared }

    /// No configuration comes near it.
    private static var sizeLimit: Int { 1 << 20 }
    private static var forgottenAge: Duration { .seconds(24 * 3600) }
    private static var writeWait: Duration { .seconds(30) }

    private var candidatePrefix: String { key + "-candidates/" }

    /// - Parameters:
    ///   - key: of the configuration.
    ///   - prefix: of the keys of the lock: `<prefix>-lock-_<time>_<random>`; without `_`.
    ///   - foreignLockPrefixes: of older versions that use other keys; their locks are waited for.
    ///   - hasConditions: whether the service is known to compare versions; nil: to be found out.
    public init(
        _ storage: Storage, key: String, prefix: String = "exhibitor-", foreignLockPrefixes: [String] = [], hasConditions: Bool? = nil,
        logger: Logger = Logger(label: "configuration-store")
    ) {
        self.storage = storage
        self.key = key
        self.prefix = prefix
        self.foreignLockPrefixes = foreignLockPrefixes
        self.logger = logger
        summary = "\(storage.summary):\(key)"
        conditions = ConditionalWrites(known: hasConditions)
    }

    // MARK: Content

    public func load() async throws -> StoredConfiguration {
        let stored = try await explaining { try await read() }
        try presence.check(stored, of: summary)
        return stored
    }

    /// An empty object is no configuration, but one with a version.
    private func read() async throws -> StoredConfiguration {
        guard let object = try await get() else { return StoredConfiguration(text: nil, version: ContentVersion.absent) }
        guard let text = String(validating: object.bytes.readableBytesView, as: UTF8.self) else {
            throw ConfigurationStoreError.unreadable(store: summary, reason: "not UTF-8 text")
        }
        return StoredConfiguration(text: text.isEmpty ? nil : text, version: object.version)
    }

    /// S3 says "access denied" for a missing key to those who may not list the bucket. To those who may, it means that.
    private func get() async throws -> StoredObject? {
        do {
            return try await storage.get(key, limit: Self.sizeLimit)
        } catch ObjectStorageError.refused(let operation, let key, 403, "AccessDenied") {
            do {
                _ = try await storage.list(prefix: key)
            } catch ObjectStorageError.refused(_, _, 403, _) {
                logger.warning("access denied; taken for an absent configuration", metadata: ["store": "\(summary)"])
                return nil
            }
            throw ObjectStorageError.refused(operation: operation, key: key, status: 403, code: "AccessDenied")
        }
    }

    public func store(_ text: String, replacing version: String) async throws -> StoredConfiguration? {
        try await explaining {
            if try await conditions.work(on: storage, probe: "\(prefix)-probe-\(UInt64.random(in: 0 ... .max))", logger: logger) {
                let condition = version == ContentVersion.absent ? PutCondition.ifAbsent : .ifVersion(version)
                let stored = try await storage.put(key, ByteBuffer(string: text), condition: condition)
                return stored.map { StoredConfiguration(text: text, version: $0) }
            }
            return try await compareAndStore(text, replacing: version)
        }
    }

    /// For services without conditional writes. The lock is another one than that of `lock`, which the caller may hold.
    private func compareAndStore(_ text: String, replacing version: String) async throws -> StoredConfiguration? {
        let settings = PseudoLockStateMachine.Settings(prefix: prefix + "-write-lock-", wait: Self.writeWait)
        let directory = ObjectLockDirectory(storage: storage)
        guard let lock = try await PseudoLock.take(in: directory, owner: "writer", settings: settings, logger: logger) else {
            throw ConfigurationStoreError.unreachable(store: summary, reason: "others kept writing for \(Self.writeWait)")
        }
        do {
            var stored: StoredConfiguration?
            if try await read().version == version, let now = try await storage.put(key, ByteBuffer(string: text), condition: .always) {
                stored = StoredConfiguration(text: text, version: now)
            }
            await lock.release()
            return stored
        } catch {
            await lock.release()
            throw error
        }
    }

    // MARK: Lock and candidates

    public func lock(owner hostname: String, wait: Duration) async throws -> (any ConfigurationLock)? {
        let settings = PseudoLockStateMachine.Settings(prefix: prefix + "-lock-", foreignPrefixes: foreignLockPrefixes, wait: wait)
        return try await explaining {
            try await PseudoLock.take(in: ObjectLockDirectory(storage: storage), owner: hostname, settings: settings, logger: logger)
        }
    }

    public func announce(_ hostname: String) async throws {
        try await explaining {
            _ = try await storage.put(candidatePrefix + hostname, ByteBuffer(string: hostname), condition: .always)
        }
    }

    public func candidates(within age: Duration) async throws -> [String] {
        try await explaining {
            let candidates = try await ObjectLockDirectory(storage: storage).keys(below: candidatePrefix)
            for candidate in candidates where candidate.age > Self.forgottenAge { try? await storage.delete(candidate.name) }
            return candidates.filter { $0.age <= age }.map { String($0.name.dropFirst(candidatePrefix.count)) }.sorted()
        }
    }

    // MARK: -

    private func explaining<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as ObjectStorageError {
            throw ConfigurationStoreError.unreachable(store: summary, reason: "\(error)")
        }
    }
}
