import FoundationEssentials
import Glibc
import ResourceModel

/// What an agent finds when it starts (contracts/mesos.md §15.7, 1-3). Making one blocks.
struct AgentStart: Sendable {
    let store: TaskStore
    /// Held until the process ends.
    let lock: Int32
    let cgroups: Cgroups?
    let info: AgentInfo
    let agentID: AgentID?
    let epoch: Int64
    let incarnation: Int64
    let bootID: String
    let isRebooted: Bool
    let found: [TaskStore.Found]
    let problems: [String]
    /// Seconds since the epoch.
    let time: Double

    init(_ configuration: AgentConfiguration) throws {
        time = Date.now.timeIntervalSince1970
        let store = TaskStore(paths: AgentPaths(work: configuration.workDirectory))
        self.store = store
        try store.prepare()
        let paths = store.paths
        lock = try store.lock()
        do {
            guard access(configuration.taskShim, X_OK) == 0 else {
                throw SystemFailure("cannot execute the task shim \(configuration.taskShim)")
            }
            cgroups = try Cgroups.probe(
                isolation: configuration.isolation, hierarchy: configuration.cgroupsHierarchy, root: configuration.cgroupsRoot,
                enablesQuota: configuration.cgroupsEnableCFS, limitsSwap: configuration.cgroupsLimitSwap)
            try cgroups?.enterOwn(configuration.agentSubsystems)
            let bootID = Machine.bootID()
            self.bootID = bootID
            let oldBoot = FileText.read(paths.bootID, limit: 128).map { String($0.prefix { $0 != "\n" }) }
            isRebooted = oldBoot.map { $0 != bootID } ?? false
            if oldBoot != bootID { try store.write(bootID, to: paths.bootID) }
            epoch = store.readNumber(paths.epoch) ?? 0
            incarnation = (store.readNumber(paths.incarnation) ?? 0) + 1
            try store.write("\(incarnation)", to: paths.incarnation)

            let current = try store.currentAgent()
            info = try Self.info(configuration, checkpointed: current, paths)
            agentID = current?.id
            if let id = current?.id {
                if info != current { try store.adopt(info, id: id) }
                FetchCache.empty(directory: configuration.fetcherCacheDirectory, agent: id)
            }
            (found, problems) = current?.id.map { store.find($0) } ?? ([], [])
        } catch {
            close(lock)
            throw error
        }
    }

    /// The agent's description from its flags. Detected figures may wobble between starts (free disks, hot-plugged memory):
    /// what the cluster has been told stands unless a flag says otherwise.
    private static func info(_ configuration: AgentConfiguration, checkpointed: AgentInfo?, _ paths: AgentPaths) throws -> AgentInfo {
        let given = try ResourceText.resources(configuration.resources, defaultRole: configuration.defaultRole)
        var resources = Machine.detect(directory: paths.work).complete(given, role: configuration.defaultRole)
        let names = Set(given.map(\.name))
        if let checkpointed {
            let kept = checkpointed.resources.filter { !names.contains($0.name) }
            resources = resources.filter { resource in names.contains(resource.name) || !kept.contains { $0.name == resource.name } } + kept
        }
        let info = AgentInfo(
            hostname: configuration.hostname, resources: resources, attributes: try ResourceText.attributes(configuration.attributes),
            id: checkpointed?.id, port: configuration.port)
        guard let checkpointed, let id = checkpointed.id else { return info }
        if let difference = configuration.reconfigurationPolicy.objection(from: checkpointed, to: info) {
            throw MesosAgentService.Failure.incompatibleAgentInfo(difference: difference, file: paths.info(of: id))
        }
        return info
    }
}
