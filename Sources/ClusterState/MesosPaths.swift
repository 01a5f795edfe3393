import Crypto
import ResourceModel

/// Where Mesos clients find the leading master (contracts/mesos.md §1.1). Nothing else may live below it.
public enum MasterElectionPaths {
    /// The default of `--zk`'s path part.
    public static let root = "/mesos"
    /// Candidacies are `<root>/json.info_NNNNNNNNNN`, ephemeral sequential; the lowest number leads. Payload: `MasterInfo`.
    public static let candidacyPrefix = "json.info_"

    /// The leader's child of the election parent: the lowest number among the candidacies; other children do not count.
    public static func leader(among children: some Sequence<String>) -> String? {
        children.compactMap { child -> (number: Int64, name: String)? in
            guard child.hasPrefix(candidacyPrefix), let number = Int64(child.dropFirst(candidacyPrefix.count)) else { return nil }
            return (number, child)
        }
        .min { $0.number < $1.number }?.name
    }
}

/// The kernel's znodes (contracts/mesos.md §21.3): the only place that knows their paths.
///
/// | path | kind | payload | written by |
/// |---|---|---|---|
/// | `leader` | persistent | `LeaderRecord` | each new leader; its version fences every write of the master |
/// | `registry/agents/<shard>/<agent id>` | persistent | `AgentRecord` | leader |
/// | `live/<shard>/<agent id>` | ephemeral | `LiveAgent` | the agent |
/// | `tasks/<shard>/<agent id>/<chunk>` | persistent | `TaskChunk` | the agent |
/// | `frameworks/<shard>/<framework id>` | persistent | `FrameworkRecord` | leader |
/// | `kills/<shard>/<agent id>` | persistent | `PendingKills` | leader |
/// | `quotas` | persistent | `QuotasRecord` | leader |
/// | `weights` | persistent | `WeightsRecord` | leader |
/// | `maintenance` | persistent | `MaintenanceRecord` | leader |
/// | `machines` | persistent | `MachinesRecord` | leader |
/// | `commits/<writer>` | persistent | opaque | the group-commit writers, to learn the outcome of a write after a lost connection |
public enum MesosStatePaths {
    public static let root = "/mesos_state"
    public static let leader = root + "/leader"
    public static let agents = root + "/registry/agents"
    public static let live = root + "/live"
    public static let tasks = root + "/tasks"
    public static let frameworks = root + "/frameworks"
    public static let kills = root + "/kills"
    public static let quotas = root + "/quotas"
    public static let weights = root + "/weights"
    public static let maintenance = root + "/maintenance"
    public static let machines = root + "/machines"
    public static let commits = root + "/commits"

    /// All persistent parents above the shards, parents first; whoever comes first creates them.
    public static let skeleton = [root, root + "/registry", agents, live, tasks, frameworks, kills, commits]

    /// What a master mirrors: everything but the markers of the writers.
    public static let mirrorRoots = [leader, agents, live, tasks, frameworks, kills, quotas, weights, maintenance, machines]
    /// Nodes that carry a payload have no children.
    public static func isLeaf(_ path: String) -> Bool { node(at: path) != nil }

    public static func agent(_ id: AgentID) -> String { "\(agents)/\(shard(of: id.value))/\(nodeName(id.value))" }
    public static func live(_ id: AgentID) -> String { "\(live)/\(shard(of: id.value))/\(nodeName(id.value))" }
    /// The parent of an agent's task chunks.
    public static func tasks(of id: AgentID) -> String { "\(tasks)/\(shard(of: id.value))/\(nodeName(id.value))" }
    /// - chunk: see `TaskChunk`.
    public static func chunk(_ chunk: String, of id: AgentID) -> String { "\(tasks(of: id))/\(chunk)" }
    public static func framework(_ id: FrameworkID) -> String { "\(frameworks)/\(shard(of: id.value))/\(nodeName(id.value))" }
    public static func kills(on id: AgentID) -> String { "\(kills)/\(shard(of: id.value))/\(nodeName(id.value))" }

    /// What a path below `/mesos_state` is.
    public enum Node: Hashable, Sendable {
        case leader
        case agent(AgentID)
        case live(AgentID)
        case chunk(AgentID, String)
        case framework(FrameworkID)
        case kills(AgentID)
        case quotas
        case weights
        case maintenance
        case machines
    }

    /// Classifies a path; nil for parents, shards and what is not ours.
    public static func node(at path: String) -> Node? {
        guard path.hasPrefix(root + "/") else { return nil }
        let parts = path.dropFirst(root.count + 1).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch (parts.first, parts.count) {
        case ("leader", 1): return .leader
        case ("quotas", 1): return .quotas
        case ("weights", 1): return .weights
        case ("maintenance", 1): return .maintenance
        case ("machines", 1): return .machines
        case ("registry", 4) where parts[1] == "agents": return .agent(AgentID(identifier(parts[3])))
        case ("live", 3): return .live(AgentID(identifier(parts[2])))
        case ("tasks", 4): return .chunk(AgentID(identifier(parts[2])), parts[3])
        case ("frameworks", 3): return .framework(FrameworkID(identifier(parts[2])))
        case ("kills", 3): return .kills(AgentID(identifier(parts[2])))
        default: return nil
        }
    }

    /// First two hex digits of SHA-1 of the id.
    public static func shard(of id: String) -> String {
        let byte = Insecure.SHA1.hash(data: Array(id.utf8)).first { _ in true } ?? 0
        return hex(byte)
    }

    static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }

    /// An id as a node name: `/` and `%` percent-encoded.
    public static func nodeName(_ id: String) -> String {
        guard id.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "%") }) else { return id }
        return id.replacing("%", with: "%25").replacing("/", with: "%2F")
    }

    static func identifier(_ nodeName: String) -> String {
        guard nodeName.utf8.contains(UInt8(ascii: "%")) else { return nodeName }
        return nodeName.replacing("%2F", with: "/").replacing("%25", with: "%")
    }
}
