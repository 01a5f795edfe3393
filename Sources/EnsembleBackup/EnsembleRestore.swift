import CLinux
import FoundationEssentials
import Glibc

/// `zk-restore`: puts the data of an archive in the place of this host's (contracts/exhibitor.md §12.5).
///
/// Guarantee: until the new data are unpacked, checked and on disk beside the old ones, nothing is changed; then the two
/// change places in one step that a crash cannot divide. The old data are kept.
public struct EnsembleRestore: Sendable {
    public let layout: EnsembleLayout
    public let archive: String
    public var temporaryDirectory = "/tmp"
    /// Loads the archive into a server of its own before anything else.
    public var verification: ArchiveVerification?

    public init(layout: EnsembleLayout, archive: String) {
        self.layout = layout
        self.archive = archive
    }

    public struct Report: Sendable {
        public var files: Int
        public var summary: DataSummary
        /// Where the data are that were there before; nil when there were none.
        public var previous: String?
        public var verifiedZnodes: Int?
    }

    public func run() async throws -> Report {
        try await Files.onThread {
            try RunningServer.requireNone(layout)
            try layout.requireDataBelowStateDirectory()
            guard Files.isDirectory(layout.stateDirectory) else { throw BackupError.missingData(path: layout.stateDirectory) }
            // Opened once for its error: a path that cannot be read is no archive that is damaged.
            _ = try Files.open(archive, O_RDONLY)
            guard Files.kind(archive) != .directory else { throw BackupError.badArchive(path: archive, reason: "it is a directory") }
        }
        let contents = try await Archive.contents(archive, name: archive)
        try await Files.onThread { try Files.require(space: contents.size + contents.entries.count * 4096, in: layout.stateDirectory) }
        let verified = try await verification?.check(archive, name: archive, in: temporaryDirectory)

        let mark = Self.mark()
        let staging = "\(layout.stateDirectory)/zookeeper.restoring-\(mark)"
        try await Files.onThread {
            guard mkdir(staging, 0o700) == 0 else { throw Files.failure("create directory", staging) }
        }
        do {
            let files = contents.files
            try await Archive.unpack(archive, name: archive, into: staging)
            let (summary, previous) = try await Files.onThread { try exchange(staging, mark: mark) }
            return Report(files: files, summary: summary, previous: previous, verifiedZnodes: verified)
        } catch {
            try? await Files.onThread { Files.removeTree(staging) }
            throw error
        }
    }

    /// Checks what was unpacked and makes it the data of this host.
    private func exchange(_ staging: String, mark: String) throws -> (DataSummary, previous: String?) {
        let fresh = staging + "/zookeeper"
        try checkTree(fresh)
        let summary = try DataSummary.read(
            snapshots: staged(layout.snapshots, in: staging), logs: staged(layout.logs, in: staging))
        try carryOver("myid", to: staging)
        try adoptOwner(of: fresh)
        try Files.syncFileSystem(of: fresh)
        // Unpacking took its time; a manager may have started the server again.
        try RunningServer.requireNone(layout)

        guard Files.kind(layout.ensembleDirectory) != nil else {
            try move(fresh, to: layout.ensembleDirectory, exchanging: false)
            try? Files.syncDirectory(layout.stateDirectory)
            Files.removeTree(staging)
            return (summary, nil)
        }
        let previous = "\(layout.ensembleDirectory).before-restore-\(mark)"
        try move(fresh, to: layout.ensembleDirectory, exchanging: true)
        // From here on the restore is done: `fresh` holds the old data now.
        guard rename(fresh, previous) == 0 else { return (summary, fresh) }
        try? Files.syncDirectory(layout.stateDirectory)
        rmdir(staging)
        return (summary, previous)
    }

    private func staged(_ path: String, in staging: String) -> String {
        staging + path.dropFirst(layout.stateDirectory.count)
    }

    /// Nothing but plain files and directories.
    private func checkTree(_ root: String) throws {
        var pending = [root]
        while let directory = pending.popLast() {
            guard Files.kind(directory) == .directory else {
                throw BackupError.badArchive(path: archive, reason: "\(Files.name(of: directory)) is no directory")
            }
            for name in try Files.names(in: directory) {
                let path = "\(directory)/\(name)"
                switch Files.kind(path) {
                case .directory: pending.append(path)
                case .file: continue
                case .other, nil: throw BackupError.badArchive(path: archive, reason: "\(name) is neither a file nor a directory")
                }
            }
        }
    }

    /// The identity of a host stays with it.
    private func carryOver(_ name: String, to staging: String) throws {
        let path = "\(layout.dataDirectory)/\(name)"
        guard Files.kind(path) == .file else { return }
        let original = try OpenFile(reading: path)
        let copy = try Files.open(staged(path, in: staging), O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
        try copy.write(bytesOf: original)
        try copy.resemble(original)
    }

    /// Run as root over the data of a service user, the archive of another cluster may hold owners this host does not
    /// have: the directory as a whole keeps the owner it has here, or gets that of the state directory.
    private func adoptOwner(of fresh: String) throws {
        guard getuid() == 0 else { return }
        let reference = Files.kind(layout.ensembleDirectory) == .directory ? layout.ensembleDirectory : layout.stateDirectory
        let owner = try Files.open(reference, O_RDONLY | O_DIRECTORY).information()
        guard owner.owner != 0 else { return }
        var pending = [fresh]
        while let path = pending.popLast() {
            guard lchown(path, owner.owner, owner.group) == 0 else { throw Files.failure("give away", path) }
            guard Files.kind(path) == .directory else { continue }
            pending += try Files.names(in: path).map { "\(path)/\($0)" }
        }
    }

    private func move(_ source: String, to target: String, exchanging: Bool) throws {
        guard (exchanging ? clinux_exchange(source, target) : clinux_rename_new(source, target)) == 0 else {
            let code = errno
            if code == EBUSY || code == EXDEV {
                throw BackupError.file(
                    operation: "replace", path: target, reason: "it is a mount point; unpack the archive into it by hand")
            }
            throw Files.failure("replace", target)
        }
    }

    /// `20260131-235959`, UTC, made unique by the process.
    private static func mark() -> String {
        let digits = Date().formatted(.iso8601).filter { $0.isNumber || $0 == "T" }
        return "\(digits.replacing("T", with: "-"))-\(getpid())"
    }
}
