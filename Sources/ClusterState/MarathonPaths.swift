import Crypto

/// Marathon's znodes below the path of its `--zk` URL (contracts/marathon.md §19.1): the only place that knows their paths.
public struct MarathonPaths: Sendable, Hashable {
    /// E.g. `/marathon`.
    public let root: String
    public init(root: String = "/marathon") { self.root = root }

    public var election: String { root + "/leader-curator" }
    public var legacyLeader: String { root + "/leader" }
    /// Ephemeral; data `host:port` of the leader. Sorts before every sequential node.
    public var legacyLeaderMember: String { legacyLeader + "/member_-00000000" }
    public var store: String { root + "/v2store" }
    public var format: String { store + "/format" }
    /// Its znode version fences every write of the leader.
    public var epoch: String { store + "/epoch" }
    public var framework: String { store + "/framework" }
    public var definitions: String { store + "/root" }
    public var groups: String { store + "/groups" }
    public var apps: String { store + "/apps" }
    public var groupVersions: String { store + "/gversions" }
    public var ports: String { store + "/ports" }
    public var instances: String { store + "/instances" }
    public var deployments: String { store + "/deployments" }
    public var kills: String { store + "/kills" }
    public var commits: String { store + "/commits" }

    /// All persistent parents, parents first.
    public var skeleton: [String] {
        [root, election, legacyLeader, store, groups, apps, groupVersions, ports, instances, deployments, kills, commits]
    }

    /// - key: the safe id (`prod_web` for `/prod/web`).
    public func app(_ key: String) -> String { "\(apps)/\(key)" }
    public func specs(_ key: String) -> String { "\(apps)/\(key)/specs" }
    public func spec(_ key: String, _ timestamp: String) -> String { "\(apps)/\(key)/specs/\(timestamp)" }
    public func versions(_ key: String) -> String { "\(apps)/\(key)/versions" }
    public func version(_ key: String, _ timestamp: String) -> String { "\(apps)/\(key)/versions/\(timestamp)" }
    public func failure(_ key: String) -> String { "\(apps)/\(key)/failure" }
    public func backoff(_ key: String) -> String { "\(apps)/\(key)/backoff" }
    public func group(_ key: String) -> String { "\(groups)/\(key)" }
    public func groupVersion(_ timestamp: String) -> String { "\(groupVersions)/\(timestamp)" }
    public func port(_ port: Int) -> String { "\(ports)/\(port)" }
    public func deployment(_ id: String) -> String { "\(deployments)/\(id)" }
    public func kill(_ taskID: String) -> String { "\(kills)/\(taskID)" }

    /// Buckets are `00`…`ff`: the first byte of SHA-256 of the task id.
    public func bucket(of taskID: String) -> String { "\(instances)/\(Self.bucketName(of: taskID))" }
    public func instance(_ taskID: String) -> String { "\(bucket(of: taskID))/\(taskID)" }

    public static func bucketName(of taskID: String) -> String {
        MesosStatePaths.hex(SHA256.hash(data: Array(taskID.utf8)).first { _ in true } ?? 0)
    }

    public static let bucketNames: [String] = (0...255).map { MesosStatePaths.hex(UInt8($0)) }
}
