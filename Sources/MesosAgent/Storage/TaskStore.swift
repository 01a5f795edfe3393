import ClusterState
import FoundationEssentials
import Glibc
import ResourceModel
import TaskProcess

/// The agent's files about its tasks. Every function blocks; call them through `BlockingIO`.
struct TaskStore: Sendable {
    /// `task.info`.
    struct Checkpoint: Codable, Sendable {
        var framework_id: FrameworkID
        var container_id: ContainerID
        var task: TaskInfo
        /// Seconds since the epoch.
        var launched: Double
    }

    /// What is found of one run after a restart.
    struct Found: Sendable {
        var run: TaskRun
        var checkpoint: Checkpoint
        var framework: FrameworkInfo
        var updates: [StatusUpdateStream.Entry]
        var isComplete: Bool
    }

    let paths: AgentPaths

    // MARK: The agent

    func prepare() throws {
        try DirectoryTree.create(paths.agents, mode: 0o755)
        try DirectoryTree.create(paths.meta, mode: 0o700)
        try DirectoryTree.create(paths.metaAgents, mode: 0o700)
    }

    /// Keeps others out of the work directory for as long as the descriptor is open.
    func lock() throws -> Int32 {
        let file = open(paths.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemFailure("cannot open \(paths.lock)") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(file)
            throw SystemFailure("another agent uses the work directory \(paths.work) (\(paths.lock))", code: code)
        }
        return file
    }

    func readNumber(_ path: String) -> Int64? {
        FileText.read(path, limit: 64).flatMap { Int64($0.filter { !$0.isWhitespace }) }
    }

    func write(_ text: String, to path: String) throws {
        let code = DurableFile.write(Array((text + "\n").utf8), to: path)
        if code != 0 { throw SystemFailure("cannot write \(path)", code: code) }
    }

    /// The agent that `latest` points to.
    func currentAgent() throws -> AgentInfo? {
        guard let data = FileText.bytes(paths.latestAgent + "/slave.info") else { return nil }
        return try ClusterJSON.decode(AgentInfo.self, from: Data(data))
    }

    func adopt(_ info: AgentInfo, id: AgentID) throws {
        var info = info
        info.id = id
        try DirectoryTree.create(paths.meta(of: id), mode: 0o700)
        let code = DurableFile.write(Array(try ClusterJSON.encode(info)), to: paths.info(of: id))
        if code != 0 { throw SystemFailure("cannot write \(paths.info(of: id))", code: code) }
        try DirectoryTree.link(paths.latestAgent, to: id.value)
        _ = DurableFile.syncDirectory(of: paths.latestAgent)
    }

    func forgetAgent() {
        unlink(paths.latestAgent)
        _ = DurableFile.syncDirectory(of: paths.latestAgent)
    }

    // MARK: A run

    /// Creates sandbox and checkpoint: when it returns, a restarted agent will know of the task.
    func create(_ run: TaskRun, task: AgentTask, framework: FrameworkInfo, owner: ShimSpecification.Identity?) throws {
        try DirectoryTree.create(paths.run(run), mode: 0o755)
        if let owner, chown(paths.run(run), owner.uid, owner.gid) != 0 { throw SystemFailure("cannot give the sandbox to its user") }
        try DirectoryTree.link(paths.latestRun(run), to: run.container.value)
        try DirectoryTree.create(paths.task(run), mode: 0o700)
        let information = Array(try ClusterJSON.encode(framework))
        if FileText.bytes(paths.frameworkInfo(run)) != information {
            try write(information, to: paths.frameworkInfo(run))
        }
        let checkpoint = Checkpoint(
            framework_id: run.key.framework, container_id: run.container, task: task.info, launched: task.launched)
        try write(Array(try ClusterJSON.encode(checkpoint)), to: paths.taskInfo(run))
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let code = DurableFile.write(bytes, to: path)
        if code != 0 { throw SystemFailure("cannot write \(path)", code: code) }
    }

    /// Appends records and makes them durable. What cannot be written whole leaves no trace.
    func append(_ entries: [StatusUpdateStream.Entry], of run: TaskRun) throws {
        let path = paths.updates(run)
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemFailure("cannot open \(path)") }
        defer { close(file) }
        let size = lseek(file, 0, SEEK_END)
        var bytes: [UInt8] = []
        for entry in entries {
            bytes.append(contentsOf: try ClusterJSON.encode(entry))
            bytes.append(UInt8(ascii: "\n"))
        }
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress?.advanced(by: offset), bytes.count - offset) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                let code = errno
                ftruncate(file, size)
                throw SystemFailure("cannot write \(path)", code: code)
            }
            offset += count
        }
        guard fsync(file) == 0 else { throw SystemFailure("cannot sync \(path)") }
        if size == 0 { _ = DurableFile.syncDirectory(of: path) }
    }

    func markComplete(_ run: TaskRun) throws {
        try write([], to: paths.sentinel(run))
        // Environments hold secrets: they are not kept longer than the task needs them.
        if var checkpoint = checkpoint(of: paths.taskInfo(run)) {
            checkpoint.task.command?.environment = nil
            checkpoint.task.data = nil
            try write(Array(try ClusterJSON.encode(checkpoint)), to: paths.taskInfo(run))
        }
    }

    // MARK: Recovery

    /// All runs of an agent, whatever their state. Files that cannot be read are skipped: `problems` names them.
    func find(_ agent: AgentID) -> (found: [Found], problems: [String]) {
        var found: [Found] = []
        var problems: [String] = []
        let frameworks = paths.meta(of: agent) + "/frameworks"
        for framework in DirectoryTree.names(frameworks) {
            let executors = "\(frameworks)/\(framework)/executors"
            let information = FileText.bytes("\(frameworks)/\(framework)/framework.info").flatMap {
                try? ClusterJSON.decode(FrameworkInfo.self, from: Data($0))
            }
            for executor in DirectoryTree.names(executors) {
                for container in DirectoryTree.names("\(executors)/\(executor)/runs") {
                    let run = TaskRun(
                        agent: agent, key: TaskKey(framework: FrameworkID(framework), task: TaskID(executor)),
                        container: ContainerID(container))
                    guard DirectoryTree.isDirectory(paths.metaRun(run)) else { continue }
                    guard let checkpoint = checkpoint(of: paths.taskInfo(run)), let information else {
                        problems.append(paths.metaRun(run))
                        continue
                    }
                    let isComplete = DirectoryTree.information(paths.sentinel(run)) != nil
                    found.append(
                        Found(run: run, checkpoint: checkpoint, framework: information, updates: updates(of: run), isComplete: isComplete))
                }
            }
        }
        return (found, problems)
    }

    private func checkpoint(of path: String) -> Checkpoint? {
        FileText.bytes(path).flatMap { try? ClusterJSON.decode(Checkpoint.self, from: Data($0)) }
    }

    private func updates(of run: TaskRun) -> [StatusUpdateStream.Entry] {
        guard let bytes = FileText.bytes(paths.updates(run)) else { return [] }
        // A line that does not decode is the torn end of a write that never counted.
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            try? ClusterJSON.decode(StatusUpdateStream.Entry.self, from: Data($0))
        }
    }
}
