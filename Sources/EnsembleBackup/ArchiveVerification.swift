/// Shows that an archive can be used: it is unpacked and loaded into a server of its own, whose count of znodes must be
/// the one that its snapshot and logs hold.
public struct ArchiveVerification: Sendable {
    /// What a fresh server says once it has loaded the data.
    public struct Loaded: Sendable, Equatable {
        /// All znodes, those of sessions (ephemerals) too.
        public var znodes: Int
        public var ephemerals: Int

        public init(znodes: Int, ephemerals: Int) {
            self.znodes = znodes
            self.ephemerals = ephemerals
        }
    }

    /// Starts a server on the data of a layout, on an address that nobody knows, asks it and kills it.
    public typealias Load = @Sendable (EnsembleLayout) async throws -> Loaded

    let load: Load

    public init(load: @escaping Load) {
        self.load = load
    }

    /// - Returns: znodes that outlive their sessions.
    func check(_ file: String, name: String, in temporary: String) async throws -> Int {
        let contents = try await Archive.contents(file, name: name)
        return try await StagingDirectory.with(in: temporary) { directory in
            try await Files.onThread { try Files.require(space: contents.size, in: directory) }
            try await Archive.unpack(file, name: name, into: directory)
            let layout = EnsembleLayout(stateDirectory: directory)
            // Counted before a server touches the files.
            let expected = try await Files.onThread {
                try ZnodeCount.read(snapshots: layout.snapshots, logs: layout.logs)
            }
            let loaded = try await load(layout)
            // Sessions end while we look: only what outlives them can be compared.
            guard loaded.znodes - loaded.ephemerals == expected.persistent else {
                throw BackupError.verificationFailed(
                    reason:
                        "the archive holds \(expected.persistent) persistent znodes, a server loaded \(loaded.znodes - loaded.ephemerals)")
            }
            return expected.persistent
        }
    }
}
