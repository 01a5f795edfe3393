import Glibc

/// `zk-backup`: the data of this host's server as one archive (contracts/exhibitor.md §12.5, §16.6).
public struct EnsembleBackup: Sendable {
    public let layout: EnsembleLayout
    /// Of the archive; must not exist, its directory must.
    public let target: String
    /// Where unfinished work lies.
    public var temporaryDirectory = "/tmp"
    public var verification: ArchiveVerification?

    public init(layout: EnsembleLayout, target: String) {
        self.layout = layout
        self.target = target
    }

    public struct Report: Sendable {
        /// What went in, as `tar` says it.
        public var paths: [String]
        /// Bytes of the archive.
        public var size: Int
        /// What the archive holds; nil for the data of a stopped server, which are taken as they are.
        public var summary: DataSummary?
        /// Persistent znodes that a server loaded from the archive; nil when it was not verified.
        public var verifiedZnodes: Int?
    }

    /// Everything of a stopped server.
    public func makeOffline() async throws -> Report {
        let pending = try await Files.onThread {
            try RunningServer.requireNone(layout)
            try layout.requireDataBelowStateDirectory()
            guard Files.isDirectory(layout.ensembleDirectory) else { throw BackupError.missingData(path: layout.ensembleDirectory) }
            return try begin()
        }
        let listing = try await Archive.create(pending, from: layout.stateDirectory)
        // A server that was started meanwhile has changed what was being read.
        try await Files.onThread { try RunningServer.requireNone(layout) }
        return try await finish(pending, listing, summary: nil)
    }

    /// What a restore needs, from a server that runs.
    /// - settle: see `HotCopy.make`.
    public func makeOnline(settle: @Sendable () async throws -> Zxid) async throws -> Report {
        let pending = try await Files.onThread { () throws -> PendingFile in
            guard Files.isDirectory(layout.snapshots) else { throw BackupError.missingData(path: layout.snapshots) }
            try Files.require(space: try sizeOfCopy(), in: temporaryDirectory)
            return try begin()
        }
        let (listing, summary) = try await StagingDirectory.with(in: temporaryDirectory) { directory in
            let summary = try await HotCopy(layout: layout, target: directory).make(settle: settle)
            return (try await Archive.create(pending, from: directory), summary)
        }
        return try await finish(pending, listing, summary: summary)
    }

    /// What a restore needs, out of a directory of scheduled backups (`<directory>/<file name>/<mtime>`).
    public func makeFromStore(_ store: String) async throws -> Report {
        let pending = try await Files.onThread { try begin() }
        let (listing, summary) = try await StagingDirectory.with(in: temporaryDirectory) { directory in
            let summary = try await Files.onThread { try StoreCopy(store: store, target: directory).make() }
            return (try await Archive.create(pending, from: directory), summary)
        }
        return try await finish(pending, listing, summary: summary)
    }

    private func begin() throws -> PendingFile {
        guard Files.isDirectory(Files.parent(of: target)) else { throw BackupError.missingParent(path: Files.parent(of: target)) }
        guard Files.kind(target) == nil else { throw BackupError.targetExists(path: target) }
        try PendingFile.removeLeftovers(in: Files.parent(of: target), before: (Int64(time(nil)) - 86_400) * 1000)
        return try PendingFile(at: target)
    }

    /// The archive gets its name when it was read back, and loaded where that was asked for.
    private func finish(_ pending: PendingFile, _ listing: String, summary: DataSummary?) async throws -> Report {
        var report = Report(paths: listing.split(separator: "\n").map(String.init), size: 0, summary: summary)
        let contents = try await Archive.contents(pending.writablePath, name: target)
        guard contents.entries.count == report.paths.count else {
            throw BackupError.badArchive(
                path: target, reason: "\(report.paths.count) files went in, \(contents.entries.count) can be read back")
        }
        if let verification {
            report.verifiedZnodes = try await verification.check(pending.writablePath, name: target, in: temporaryDirectory)
        }
        let size = try await Files.onThread { () throws -> Int in
            try pending.publish()
            return try pending.file.information().size
        }
        report.size = size
        return report
    }

    private func sizeOfCopy() throws -> Int {
        let snapshot = try Files.names(in: layout.snapshots).compactMap(DataFile.init(name:)).snapshots.first
        let logs = try Files.names(in: layout.logs).compactMap(DataFile.init(name:))
            .logs(neededAfter: snapshot?.zxid ?? Zxid(rawValue: 0))
        let paths =
            (snapshot.map { ["\(layout.snapshots)/\($0.name)"] } ?? [])
            + logs.map { "\(layout.logs)/\(DataFile.log(first: $0).name)" }
        return try paths.reduce(0) { try $0 + OpenFile(reading: $1).information().size }
    }
}
