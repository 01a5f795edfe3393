import Synchronization

/// How backups go; read by the REST interface and by `/metrics` while rounds run.
public final class BackupState: Sendable {
    /// `GET index/backup-state`.
    public struct Values: Sendable, Equatable, Encodable {
        /// A provider was chosen and its destination is known.
        public var active = false
        /// A round is under way.
        public var running = false
        /// When the last round without an error ended, milliseconds since 1970.
        public var lastSuccess: Int64?
        /// Why the last round failed; nil when it did not.
        public var lastError: String?
        public var destination: String?
        /// Versions in the store after the last round, and the bytes they take.
        public var files = 0
        public var bytes = 0

        private enum CodingKeys: String, CodingKey { case active, running, lastSuccess, lastError, destination, files, bytes }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(active, forKey: .active)
            try container.encode(running, forKey: .running)
            // Present as null when unknown: the page tells the two apart.
            try container.encode(lastSuccess, forKey: .lastSuccess)
            try container.encode(lastError, forKey: .lastError)
            try container.encode(destination, forKey: .destination)
            try container.encode(files, forKey: .files)
            try container.encode(bytes, forKey: .bytes)
        }
    }

    private let storage = Mutex(Values())

    public init() {}

    public var values: Values { storage.withLock { $0 } }

    /// `exhibitor_backup_last_success_seconds`: seconds since 1970; nil before the first success.
    public var lastSuccessSeconds: Double? { values.lastSuccess.map { Double($0) / 1000 } }

    func update(_ change: (inout Values) -> Void) { storage.withLock { change(&$0) } }
}
