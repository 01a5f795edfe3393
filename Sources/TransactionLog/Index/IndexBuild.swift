import FoundationEssentials
import Synchronization

/// An index that is being made: nobody sees it before `finish`.
///
/// Calls block; they may come from different threads, one after the other.
public final class IndexBuild: Sendable {
    private let catalog: IndexCatalog
    private let name: String
    private let directory: String
    private let builder: Mutex<IndexBuilder>

    /// - directory: of its files; exists and is empty.
    init(catalog: IndexCatalog, name: String, directory: String) throws(TransactionLogError) {
        self.catalog = catalog
        self.name = name
        self.directory = directory
        builder = Mutex(try IndexBuilder(directory: directory))
    }

    /// What snapshots tell of the time before the logs; comes first.
    /// - Parameters:
    ///   - limit: zxid of the oldest log.
    ///   - shouldEnd: asked now and then.
    /// - Throws: `TransactionLogError.file` when the index cannot be written; `CancellationError` after `shouldEnd`.
    public func add(snapshots: [StorageFile], before limit: Int64, shouldEnd: () -> Bool) throws {
        try builder.withLock { try $0.add(snapshots: snapshots, before: limit, shouldEnd) }
    }

    /// The next log in the order of zxids. It may come again, say from a backup and from the server, and logs may overlap:
    /// every transaction is taken once. A damaged log is taken up to the damage.
    public func add(log: StorageFile, shouldEnd: () -> Bool) throws {
        try builder.withLock { try $0.add(log, shouldEnd) }
    }

    /// Of files that were skipped or read in part.
    public var problems: [String] { builder.withLock { $0.problems } }

    /// Of logs, as they are after decompression.
    public var bytesRead: Int64 { builder.withLock { $0.bytesRead } }

    /// Makes the index visible.
    public func finish() throws -> IndexSummary {
        let summary = try builder.withLock { builder throws(TransactionLogError) in try builder.finish(name: name) }
        try catalog.publish(summary, directory)
        return summary
    }

    /// Leaves nothing behind.
    public func discard() {
        try? FileManager.default.removeItem(atPath: directory)
    }
}
