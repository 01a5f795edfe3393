import Glibc
import Logging
import ResourceModel
import Synchronization

/// Removes what is left of completed runs (contracts/mesos.md §15.8): after `gc_delay`, earlier when the disk fills up.
final class SandboxCollector: Sendable {
    private let store: TaskStore
    private let io: BlockingIO
    private let delay: Duration
    private let headroom: Double
    private let interval: Duration
    private let logger: Logger
    /// The present agent: what is there of others goes.
    private let agent: @Sendable () -> AgentID?
    private let scheduled = Mutex<Set<TaskRun>>([])

    /// - agent: whose directories stay; nil: it is not known, nothing of others is removed.
    init(
        store: TaskStore, io: BlockingIO, delay: Duration, headroom: Double, interval: Duration, logger: Logger,
        agent: @escaping @Sendable () -> AgentID? = { nil }
    ) {
        self.agent = agent
        self.store = store
        self.io = io
        self.delay = delay
        self.headroom = headroom
        self.interval = interval
        self.logger = logger
    }

    func schedule(_ run: TaskRun) { scheduled.withLock { _ = $0.insert(run) } }

    /// How old a sandbox may get.
    /// - used: fraction of the work directory's disk.
    static func allowedAge(delay: Duration, headroom: Double, used: Double) -> Duration {
        delay * max(0, 1 - headroom - used)
    }

    /// - collected: called with each run that is gone.
    func run(collected: @escaping @Sendable (TaskRun) async -> Void) async {
        while !Task.isCancelled {
            let runs = scheduled.withLock { Array($0) }
            let gone = (try? await io.run { self.collect(runs) }) ?? []
            for run in gone {
                scheduled.withLock { _ = $0.remove(run) }
                await collected(run)
            }
            if let present = agent() { try? await io.run { self.collectFormerAgents(than: present) } }
            try? await Task.sleep(for: min(interval, max(.seconds(1), delay)))
        }
    }

    var allowedAge: Duration {
        var fileSystem = statvfs()
        guard statvfs(store.paths.work, &fileSystem) == 0, fileSystem.f_blocks > 0 else { return delay }
        let used = 1 - Double(fileSystem.f_bavail) / Double(fileSystem.f_blocks)
        return Self.allowedAge(delay: delay, headroom: headroom, used: used)
    }

    private func collect(_ runs: [TaskRun]) -> [TaskRun] {
        let allowed = min(delay, allowedAge) / .seconds(1)
        return runs.filter { run in
            // The sentinel was written when the run was over.
            guard let sentinel = DirectoryTree.information(store.paths.sentinel(run)) else { return false }
            guard Double(time(nil) - sentinel.st_mtim.tv_sec) >= allowed else { return false }
            logger.info("Removing a sandbox", metadata: ["directory": "\(store.paths.run(run))"])
            guard removeVolumesFree(store.paths.agents + run.path) else { return false }
            for root in [store.paths.agents, store.paths.metaAgents] {
                DirectoryTree.remove(root + run.path)
                // Each goes when it is empty, but for its link to the latest run.
                if DirectoryTree.names(root + run.executorPath + "/runs").allSatisfy({ $0 == "latest" }) {
                    DirectoryTree.remove(root + run.executorPath)
                }
                if DirectoryTree.names(root + run.frameworkPath + "/executors").isEmpty { DirectoryTree.remove(root + run.frameworkPath) }
            }
            return true
        }
    }

    /// What is mounted in a sandbox is taken away first; if that fails the sandbox stays (a volume is not ours to empty).
    private func removeVolumesFree(_ directory: String) -> Bool {
        let mounted = MountPoints.detach(below: directory)
        if !mounted.isEmpty {
            logger.error("Something stays mounted in a sandbox", metadata: ["directory": "\(directory)", "mounts": "\(mounted)"])
        }
        return mounted.isEmpty
    }

    // MARK: Former agents

    /// Directories of agent ids that this agent had before. One with a task that still runs stays.
    func collectFormerAgents(than present: AgentID) {
        let allowed = min(delay, allowedAge) / .seconds(1)
        let paths = store.paths
        let names = Set(DirectoryTree.names(paths.agents) + DirectoryTree.names(paths.metaAgents)).subtracting(["latest", present.value])
        for name in names.sorted() {
            let directories = [paths.agents, paths.metaAgents].map { $0 + "/" + name }
            guard let newest = directories.compactMap({ newestChange($0) }).max(), Double(time(nil) - newest) >= allowed,
                !runDirectories(paths.metaAgents + "/" + name).contains(where: { ShimProcess.isAlive(directory: $0) })
            else { continue }
            guard removeVolumesFree(paths.agents + "/" + name) else { continue }
            logger.info("Removing what is left of a former agent id", metadata: ["agent": "\(name)"])
            for directory in directories { DirectoryTree.remove(directory) }
        }
    }

    /// Seconds since the epoch: when the newest of an agent's directories down to its runs was changed.
    private func newestChange(_ directory: String) -> Int? {
        ([directory] + runDirectories(directory)).compactMap { DirectoryTree.information($0)?.st_mtim.tv_sec }.max()
    }

    private func runDirectories(_ agent: String) -> [String] {
        var level = [agent]
        for name in ["frameworks", "executors", "runs"] {
            level = level.flatMap { parent in
                DirectoryTree.names(parent + "/" + name).map { "\(parent)/\(name)/\($0)" }.filter(DirectoryTree.isDirectory)
            }
        }
        return level
    }
}
