public import NIOCore

/// A bucket or container of an object store: as much of it as shared configurations and backups need.
///
/// - Guarantee: a conditional `put` that returns nil has changed nothing; one that returns a version has replaced exactly
///   the version that was named, also when answers were lost on the way.
/// - Passing failures (5xx, timeouts, lost connections) are tried again a few times with growing pauses; what remains is thrown.
public protocol ObjectStorage: Sendable {
    /// In words for the log: `s3 bucket`.
    var summary: String { get }

    /// - limit: bytes; a larger object is an error.
    /// - Returns: nil when there is no such object (but its bucket is there).
    func get(_ key: String, limit: Int) async throws -> StoredObject?

    /// - Returns: the new version; nil when the condition did not hold.
    /// - Throws: `ObjectStorageError.conditionsUnsupported` when the service knows no conditional writes.
    func put(_ key: String, _ bytes: ByteBuffer, condition: PutCondition) async throws -> String?

    /// An object that is not there is fine.
    func delete(_ key: String) async throws

    /// All objects whose keys begin with `prefix`.
    func list(prefix: String) async throws -> ObjectListing

    /// Stores a file, in parts when it is large: no more than one part is in memory.
    /// - progress: called with the bytes of each part after it was stored; may take its time to slow the upload down.
    func upload(file: String, to key: String, progress: @Sendable (Int) async throws -> Void) async throws

    /// Writes an object to a file, which appears when it is complete.
    /// - Returns: its size in bytes; nil when there is no such object.
    func download(_ key: String, to file: String) async throws -> Int64?
}

extension ObjectStorage {
    public func upload(file: String, to key: String) async throws {
        try await upload(file: file, to: key) { _ in }
    }
}

/// When a `put` may happen.
public enum PutCondition: Sendable, Hashable {
    case always
    /// There is no such object.
    case ifAbsent
    /// The object has this version.
    case ifVersion(String)
}

/// An object with its content.
public struct StoredObject: Sendable, Hashable {
    public var bytes: ByteBuffer
    /// Entity tag or generation.
    public var version: String

    public init(bytes: ByteBuffer, version: String) {
        self.bytes = bytes
        self.version = version
    }
}

/// What a bucket holds below a prefix.
public struct ObjectListing: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public var key: String
        /// Bytes.
        public var size: Int64
        /// Milliseconds since 1970, by the clock of the service.
        public var modified: Int64

        public init(key: String, size: Int64, modified: Int64) {
            self.key = key
            self.size = size
            self.modified = modified
        }
    }

    /// In the order of the service: by key.
    public var entries: [Entry]
    /// When it was made, by the clock of the service: milliseconds since 1970.
    public var now: Int64

    public init(entries: [Entry], now: Int64) {
        self.entries = entries
        self.now = now
    }
}
