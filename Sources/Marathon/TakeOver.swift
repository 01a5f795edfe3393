import AppModel
import AsyncHTTPClient
import ClusterState
import FoundationEssentials
import Logging
import ResourceModel
import SchedulerClient
import ZooKeeper

/// The way from being elected to leading (contracts/marathon.md §19.4). By the time it begins the epoch is raised, so every
/// earlier leader is fenced off and what is read is final.
struct TakeOver: Sendable {
    struct UnknownFormat: Error, CustomStringConvertible {
        let format: Int
        var description: String {
            "the store has format \(format), this version knows up to \(MarathonFormatRecord.current): not leading"
        }
    }

    let configuration: Configuration
    let paths: MarathonPaths
    let client: ZooKeeperClient
    let masterClient: ZooKeeperClient
    let commits: GroupCommitWriter
    let http: HTTPClient
    let checks: HTTPClient
    let abdicate: @Sendable () -> Void
    let logger: Logger

    func begin(_ epoch: LeaderEpoch) async throws -> LeaderTerm {
        try await prepareStore()
        try await client.sync(paths.store)
        let snapshot = try await StoreSnapshot.load(
            [
                paths.format, paths.framework, paths.definitions, paths.groups, paths.apps, paths.instances, paths.deployments,
                paths.kills,
            ], from: client)
        if let format = try snapshot.decode(MarathonFormatRecord.self, at: paths.format)?.format,
            format > MarathonFormatRecord.current
        {
            throw UnknownFormat(format: format)
        }
        let machine = try MarathonStateMachine(configuration: configuration, paths: paths, snapshot: snapshot, logger: logger)
        let framework = try snapshot.decode(MarathonFrameworkRecord.self, at: paths.framework)
        logger.info(
            "Store read",
            metadata: [
                "apps": "\(machine.tree.apps.count)", "instances": "\(machine.instances.count)",
                "deployments": "\(machine.deployments.count)", "framework": "\(framework?.id ?? "new")",
            ])
        let scheduler = SchedulerClient(
            source: masterSource(), framework: frameworkInfo(framework), http: http, logger: logger, mayAct: { epoch.isHeld })
        return LeaderTerm(
            epoch: epoch, machine: machine, hasFramework: framework != nil, configuration: configuration, paths: paths,
            commits: commits,
            nodes: NodeWriter(commits: commits, epoch: epoch, existing: Set(snapshot.nodes.keys), logger: logger),
            scheduler: scheduler,
            checker: HealthChecker(probe: HealthProbe(http: checks), maximumConcurrent: configuration.maximumConcurrentHealthChecks),
            events: EventHub(maximumOutstanding: configuration.eventStreamMaximumOutstanding), logger: logger, abdicate: abdicate)
    }

    /// Everything that is always there, made by the first leader ever.
    private func prepareStore() async throws {
        if try await client.exists(paths.definitions) != nil { return }
        try await client.createWithParents(paths.store)
        try await client.createAll(paths.skeleton)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for bucket in MarathonPaths.bucketNames { group.addTask { try await client.createAll(["\(paths.instances)/\(bucket)"]) } }
            try await group.waitForAll()
        }
        let version = Timestamp.now.description
        let format = try ClusterJSON.encode(MarathonFormatRecord())
        let group = try ClusterJSON.encode(MarathonGroupRecord(id: "/", dependencies: [], version: version))
        let root = try ClusterJSON.encode(MarathonRootRecord(version: version, change: 0))
        // The root record comes last: while it is missing all of this is done again.
        for (path, data) in [(paths.format, format), (paths.group(of: .root), group), (paths.definitions, root)] {
            do { try await client.create(path, data) } catch let error as ZooKeeperError where error.code == .nodeExists {}
        }
    }

    private func masterSource() -> any LeadingMasterSource {
        switch configuration.master {
        case .zooKeeper(_, let path): MasterDetector(client: masterClient, path: path, logger: logger)
        case .fixed(let endpoint): FixedMaster(endpoint)
        }
    }

    private func frameworkInfo(_ record: MarathonFrameworkRecord?) -> FrameworkInfo {
        var info = FrameworkInfo(user: configuration.mesosUser, name: configuration.frameworkName)
        info.id = record.map { FrameworkID($0.id) }
        info.failover_timeout = configuration.failoverTimeout
        info.checkpoint = configuration.checkpoint
        info.role = configuration.mesosRole ?? "*"
        info.hostname = configuration.hostname
        info.principal = configuration.principal
        info.webui_url = configuration.webUIURL ?? "http://\(configuration.advertisedAddress)"
        if configuration.features.contains("task_killing") { info.capabilities.append(.init(type: "TASK_KILLING_STATE")) }
        if configuration.features.contains("gpu_resources") { info.capabilities.append(.init(type: "GPU_RESOURCES")) }
        return info
    }
}
