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

    /// `executor.info`.
    struct ExecutorCheckpoint: Codable, Sendable {
        var framework_id: FrameworkID
        var container_id: ContainerID
        var executor: ExecutorInfo
        /// Seconds since the epoch.
        var launched: Double
    }

    /// A custom executor's run after a restart.
    struct FoundExecutor: Sendable {
        struct Task: Sendable {
            var run: TaskRun
            var checkpoint: Checkpoint
            var updates: [StatusUpdateStream.Entry]
            var isComplete: Bool
        }
        /// Of the process.
        var run: TaskRun
        var key: ExecutorKey
        var executor: ExecutorInfo
        var launched: Double
        var framework: FrameworkInfo
        var tasks: [Task]
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
        if let executor = task.process {
            try DirectoryTree.create(paths.metaRun(run), mode: 0o700)
            try describe(framework, run)
            let checkpoint = ExecutorCheckpoint(
                framework_id: run.key.framework, container_id: run.container, executor: executor, launched: task.launched)
            return try write(Array(try ClusterJSON.encode(checkpoint)), to: paths.executorInfo(run))
        }
        try checkpoint(task, run, framework)
    }

    /// Writes down a task: when it returns, a restarted agent will know of it.
    func checkpoint(_ task: AgentTask, _ run: TaskRun, _ framework: FrameworkInfo) throws {
        try DirectoryTree.create(paths.task(run), mode: 0o700)
        try describe(framework, run)
        let checkpoint = Checkpoint(
            framework_id: run.key.framework, container_id: run.container, task: task.info, launched: task.launched)
        try write(Array(try ClusterJSON.encode(checkpoint)), to: paths.taskInfo(run))
    }

    private func describe(_ framework: FrameworkInfo, _ run: TaskRun) throws {
        let information = Array(try ClusterJSON.encode(framework))
        if FileText.bytes(paths.frameworkInfo(run)) != information {
            try write(information, to: paths.frameworkInfo(run))
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let code = DurableFile.write(bytes, to: path)
        if code != 0 { throw SystemFailure("cannot write \(path)", code: code) }
    }

    /// Appends records and makes them durable. What cannot be written whole leaves no trace.
    func append(_ entries: [StatusUpdateStream.Entry], of run: TaskRun) throws {
        let path = paths.updates(run)
        // The update of a custom executor's task may come before the task's checkpoint.
        if run.executor != nil { try DirectoryTree.create(paths.task(run), mode: 0o700) }
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
        if var checkpoint = executorCheckpoint(of: paths.executorInfo(run)) {
            checkpoint.executor.command.environment = nil
            checkpoint.executor.data = nil
            try write(Array(try ClusterJSON.encode(checkpoint)), to: paths.executorInfo(run))
        }
        if var checkpoint = checkpoint(of: paths.taskInfo(run)) {
            checkpoint.task.command?.environment = nil
            checkpoint.task.data = nil
            try write(Array(try ClusterJSON.encode(checkpoint)), to: paths.taskInfo(run))
        }
    }

    /// A custom executor's task is over.
    func markTaskComplete(_ run: TaskRun) throws {
        try DirectoryTree.create(paths.task(run), mode: 0o700)
        try write([], to: paths.taskSentinel(run))
        if var checkpoint = checkpoint(of: paths.taskInfo(run)) {
            checkpoint.task = checkpoint.task.withoutSecrets
            try write(Array(try ClusterJSON.encode(checkpoint)), to: paths.taskInfo(run))
        }
    }

    // MARK: Recovery

    /// All runs of command tasks of an agent, whatever their state. Files that cannot be read are skipped: `problems` names them.
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
                    guard DirectoryTree.isDirectory(paths.metaRun(run)), !isCustomExecutor(run) else { continue }
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

    private func isCustomExecutor(_ run: TaskRun) -> Bool {
        DirectoryTree.information(paths.executorInfo(run)) != nil
            || DirectoryTree.names(paths.metaRun(run) + "/tasks").contains { task in
                checkpoint(of: "\(paths.metaRun(run))/tasks/\(task)/task.info")?.task.executor != nil
            }
    }

    /// All runs of custom executors. One whose own description was not written yet is known from its tasks.
    func findExecutors(_ agent: AgentID) -> [FoundExecutor] {
        var found: [FoundExecutor] = []
        let frameworks = paths.meta(of: agent) + "/frameworks"
        for framework in DirectoryTree.names(frameworks) {
            let executors = "\(frameworks)/\(framework)/executors"
            guard
                let information = FileText.bytes("\(frameworks)/\(framework)/framework.info").flatMap({
                    try? ClusterJSON.decode(FrameworkInfo.self, from: Data($0))
                })
            else { continue }
            for executor in DirectoryTree.names(executors) {
                let key = ExecutorKey(framework: FrameworkID(framework), executor: ExecutorID(executor))
                for container in DirectoryTree.names("\(executors)/\(executor)/runs") {
                    let run = TaskRun(agent: agent, key: key.process, container: ContainerID(container))
                    guard DirectoryTree.isDirectory(paths.metaRun(run)) else { continue }
                    let tasks = executorTasks(run, of: key)
                    let checkpoint = executorCheckpoint(of: paths.executorInfo(run))
                    guard let info = checkpoint?.executor ?? tasks.lazy.compactMap(\.checkpoint.task.executor).first else { continue }
                    found.append(
                        FoundExecutor(
                            run: run, key: key, executor: info, launched: checkpoint?.launched ?? tasks.first?.checkpoint.launched ?? 0,
                            framework: information, tasks: tasks, isComplete: DirectoryTree.information(paths.sentinel(run)) != nil))
                }
            }
        }
        return found
    }

    private func executorTasks(_ run: TaskRun, of key: ExecutorKey) -> [FoundExecutor.Task] {
        DirectoryTree.names(paths.metaRun(run) + "/tasks").compactMap { task in
            let run = TaskRun(
                agent: run.agent, key: TaskKey(framework: key.framework, task: TaskID(task)), container: run.container,
                executor: key.executor)
            guard let checkpoint = checkpoint(of: paths.taskInfo(run)), checkpoint.task.executor != nil else { return nil }
            return FoundExecutor.Task(
                run: run, checkpoint: checkpoint, updates: updates(of: run),
                isComplete: DirectoryTree.information(paths.taskSentinel(run)) != nil)
        }
    }

    private func executorCheckpoint(of path: String) -> ExecutorCheckpoint? {
        FileText.bytes(path).flatMap { try? ClusterJSON.decode(ExecutorCheckpoint.self, from: Data($0)) }
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
