@testable import EnsembleBackup

/// Writes files to a store as scheduled backups do.
struct StoreWriter {
    let directory: String

    func store(_ path: String) throws {
        let source = try OpenFile(reading: path)
        let folder = "\(directory)/\(Files.name(of: path))"
        try Files.makeDirectory(folder)
        let pending = try PendingFile(at: "\(folder)/\(try source.information().modified)")
        try Gzip.compress(source, to: pending.file)
        try pending.publish()
    }
}
