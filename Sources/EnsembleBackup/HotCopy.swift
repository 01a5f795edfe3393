import Glibc

/// A copy of what a running server would start from: the newest intact snapshot and the logs after it
/// (contracts/exhibitor.md §16.6).
///
/// Guarantee: every change that was acknowledged before `make` was called is in the copy. It holds because
/// 1. the server is asked to catch up with the ensemble and for the last transaction it has applied, *after* the snapshot
///    was chosen: a snapshot is fuzzy, it may show transactions up to that one;
/// 2. the logs are read until they reach that transaction: a server applies what the others have stored before it has
///    itself;
/// 3. of each log only whole records are taken: the rest is being written;
/// 4. the epochs are copied last: they never lag behind the transactions.
public struct HotCopy: Sendable {
    public let layout: EnsembleLayout
    /// An empty directory; the copy goes to its `zookeeper`.
    public let target: String
    /// How long the log may take to reach what is applied.
    public var patience = Duration.seconds(30)

    public init(layout: EnsembleLayout, target: String) {
        self.layout = layout
        self.target = target
    }

    private var copiedSnapshots: String { target + "/zookeeper/snapshot/version-2" }
    private var copiedLogs: String { target + "/zookeeper/transactions/version-2" }

    /// - settle: makes the server catch up with everything that is acknowledged and returns the last transaction it has
    ///   applied then.
    public func make(settle: @Sendable () async throws -> Zxid) async throws -> DataSummary {
        let snapshot = try await Files.onThread { try copySnapshot() }
        let wanted = try await settle()
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        var last = try await Files.onThread { try copyLogs(after: snapshot.zxid) }
        // A new leader starts at counter 0, which is no transaction.
        while last < wanted, wanted.counter != 0 {
            guard clock.now < deadline else {
                throw BackupError.logBehind(directory: layout.logs, reached: last, wanted: wanted)
            }
            try await Task.sleep(for: .milliseconds(50))
            last = try await Files.onThread { try copyLogs(after: snapshot.zxid) }
        }
        return try await Files.onThread {
            try copyEpochs()
            return try DataSummary.read(snapshots: copiedSnapshots, logs: copiedLogs)
        }
    }

    /// Copies the newest snapshot that is whole.
    private func copySnapshot() throws -> DataFile {
        try makeDirectory(like: Files.parent(of: layout.dataDirectory), at: "\(target)/zookeeper")
        for (directory, copy) in [(layout.dataDirectory, "snapshot"), (layout.logDirectory, "transactions")] {
            try makeDirectory(like: directory, at: "\(target)/zookeeper/\(copy)")
            try makeDirectory(like: directory + "/version-2", at: "\(target)/zookeeper/\(copy)/version-2")
        }
        for candidate in try Files.names(in: layout.snapshots).compactMap(DataFile.init(name:)).snapshots {
            guard case .snapshot(_, let compression) = candidate else { continue }
            let source = try OpenFile(reading: "\(layout.snapshots)/\(candidate.name)")
            let path = "\(copiedSnapshots)/\(candidate.name)"
            // The copy is what is checked: nothing that comes between can go unnoticed.
            let copied = try copy(source, to: path)
            if try SnapshotSeal.isIntact(copied, compression: compression) { return candidate }
            unlink(path)
        }
        throw BackupError.noSnapshot(directory: layout.snapshots)
    }

    /// - Returns: the last transaction that snapshot and logs hold.
    private func copyLogs(after snapshot: Zxid) throws -> Zxid {
        let needed = try Files.names(in: layout.logs).compactMap(DataFile.init(name:)).logs(neededAfter: snapshot)
        // Opened first: those that are purged meanwhile can still be read.
        let sources = try needed.map { try OpenFile(reading: "\(layout.logs)/\(DataFile.log(first: $0).name)") }
        var last = snapshot
        for (zxid, source) in zip(needed, sources) {
            let path = "\(copiedLogs)/\(DataFile.log(first: zxid).name)"
            let copied = try Files.open(path, O_RDWR | O_CREAT | O_TRUNC)
            let extent = try LogExtent(reading: source) { try copied.write($0) }
            if extent.records == 0 {
                // A log that has just been begun, or none at all.
                unlink(path)
                continue
            }
            try copied.resemble(source)
            if let reached = extent.last { last = max(last, reached) }
        }
        return last
    }

    private func copyEpochs() throws {
        // The accepted epoch is never the older one, so it is read later.
        for name in ["currentEpoch", "acceptedEpoch"] where Files.kind("\(layout.snapshots)/\(name)") == .file {
            try copy(OpenFile(reading: "\(layout.snapshots)/\(name)"), to: "\(copiedSnapshots)/\(name)")
        }
    }

    @discardableResult
    private func copy(_ source: OpenFile, to path: String) throws -> OpenFile {
        let copied = try Files.open(path, O_RDWR | O_CREAT | O_EXCL)
        try copied.write(bytesOf: source)
        try copied.resemble(source)
        return copied
    }

    private func makeDirectory(like original: String, at path: String) throws {
        try Files.makeDirectory(path)
        try Files.open(path, O_RDONLY | O_DIRECTORY).resemble(Files.open(original, O_RDONLY | O_DIRECTORY))
    }
}
