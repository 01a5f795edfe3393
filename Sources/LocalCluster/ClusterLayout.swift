/// How many nodes a local cluster has and where they are: master N on 127.0.1.N, agent N on 127.0.2.N, every component on
/// its production port.
public struct ClusterLayout: Codable, Sendable, Hashable {
    public struct Invalid: Error, CustomStringConvertible {
        public let description: String
    }

    public var masters: Int
    public var agents: Int
    /// First three parts of the masters' addresses; tests run clusters of their own beside the operator's.
    public var masterNetwork = "127.0.1"
    public var agentNetwork = "127.0.2"
    /// Seconds of every component's ZooKeeper session; nil: the components' own default.
    public var sessionTimeout: Int?

    /// - masters: 1, 3 or 5: what a ZooKeeper quorum is made of, - agents: 0 to 50.
    public init(masters: Int = 1, agents: Int = 2) throws {
        guard [1, 3, 5].contains(masters) else {
            throw Invalid(description: "MASTERS must be 1, 3 or 5 (a ZooKeeper ensemble needs an odd number), not \(masters)")
        }
        guard (0...50).contains(agents) else { throw Invalid(description: "AGENTS must be 0 to 50, not \(agents)") }
        self.masters = masters
        self.agents = agents
    }

    public var masterAddresses: [String] { (1...masters).map { "\(masterNetwork).\($0)" } }
    public var agentAddresses: [String] { agents == 0 ? [] : (1...agents).map { "\(agentNetwork).\($0)" } }

    /// `zk://127.0.1.1:2181,…` with a path.
    public func zooKeeperURL(_ path: String) -> String {
        "zk://" + masterAddresses.map { "\($0):2181" }.joined(separator: ",") + path
    }

    public var description: String {
        "\(masters) master\(masters == 1 ? "" : "s"), \(agents) agent\(agents == 1 ? "" : "s")"
    }
}
