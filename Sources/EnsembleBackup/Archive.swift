/// Archives of an ensemble's data, made and read by `tar`.
struct Archive: Sendable {
    private static let tar = "/usr/bin/tar"

    /// - source: the directory that holds `./zookeeper`.
    /// - target: is written to from its start.
    /// - Returns: the paths that went in, one a line.
    static func create(_ target: PendingFile, from source: String) async throws -> String {
        try await ProgramRunner.run(
            tar,
            // An archive name with a colon would be one of another host.
            ["--create", "--gzip", "--verbose", "--force-local", "--file=\(target.writablePath)", "--directory=\(source)"]
                + ArchiveContents.hostFiles.map { "--exclude=\($0)" } + ["./" + ArchiveContents.root])
    }

    /// Reads the whole archive, so a damaged one shows here.
    /// - file: its path, or the `writablePath` of one that is pending.
    /// - name: for messages.
    static func contents(_ file: String, name: String) async throws -> ArchiveContents {
        let listing: String
        do {
            listing = try await ProgramRunner.run(
                tar, ["--list", "--verbose", "--gzip", "--force-local", "--quoting-style=escape", "--file=\(file)"])
        } catch BackupError.program(_, _, let output) {
            throw BackupError.badArchive(path: name, reason: complaints(output))
        }
        do {
            return try ArchiveContents(listing: listing)
        } catch {
            throw BackupError.badArchive(path: name, reason: error.reason)
        }
    }

    /// Unpacks into an empty directory, with the owners it holds where we have the right to.
    static func unpack(_ file: String, name: String, into directory: String) async throws {
        do {
            try await ProgramRunner.run(
                tar,
                ["--extract", "--gzip", "--force-local", "--file=\(file)", "--directory=\(directory)", "--keep-old-files"]
                    + ArchiveContents.hostFiles.map { "--exclude=\($0)" })
        } catch BackupError.program(_, _, let output) {
            throw BackupError.badArchive(path: name, reason: complaints(output))
        }
    }

    /// What the programs complain about, without what they list.
    private static func complaints(_ output: String) -> String {
        let lines = output.split(separator: "\n").filter { $0.hasPrefix("gzip: ") || $0.hasPrefix("tar: ") || $0.hasPrefix(tar + ": ") }
        return lines.first.map(String.init) ?? "tar cannot read it"
    }
}
