import Platform
import ResourceModel

/// The files API of an agent in its JSON form: the sandboxes and the log (contracts/mesos.md §7). Every function blocks.
struct SandboxFiles: Sendable {
    typealias Failure = AttachedFiles.Failure

    /// Bytes of one read: 16 pages.
    static let maximumLength = AttachedFiles.maximumLength

    let files: AttachedFiles

    /// By virtual path.
    var attached: [String: String] { files.attached }

    init(snapshot: Agent.Snapshot, paths: AgentPaths, log: String?) {
        var attached: [String: String] = [:]
        for run in snapshot.completed.map(\.run) + snapshot.completedExecutors.map(\.run) + Array(snapshot.runs.values)
            + Array(snapshot.executorRuns.values)
        {
            let directory = paths.run(run)
            attached[directory] = directory
            attached["/framework/\(run.key.framework)/executor/\(run.executorID)/latest"] = directory
        }
        if let log { attached["/slave/log"] = log }
        self.init(attached: attached)
    }

    init(attached: [String: String]) { files = AttachedFiles(attached: attached) }

    func browse(_ virtual: String) throws -> [UInt8] {
        JSONValue.array(
            try files.browse(virtual).map { entry in
                .object([
                    ("path", .string(entry.path)), ("nlink", .int(entry.linkCount)), ("size", .int(entry.size)),
                    ("mtime", .int(entry.modified)), ("mode", .string(Self.mode(entry.mode))), ("uid", .string(entry.user)),
                    ("gid", .string(entry.group)),
                ])
            }
        ).bytes
    }

    /// `-rw-r--r--`.
    static func mode(_ mode: UInt32) -> String { AttachedFiles.text(ofMode: mode) }

    /// - offset: -1 for the size of the file. - length: -1 for as much as one answer holds.
    func read(_ virtual: String, offset: Int, length: Int) throws -> [UInt8] {
        let part = try files.read(virtual, offset: offset, length: length)
        return JSONValue.object([("data", .string(String(decoding: part.bytes, as: UTF8.self))), ("offset", .int(part.offset))]).bytes
    }

    /// The descriptor is the caller's.
    func download(_ virtual: String) throws -> (file: Int32, size: Int) { try files.download(virtual) }

    static func contentType(of name: String) -> String { AttachedFiles.contentType(of: name) }
}
