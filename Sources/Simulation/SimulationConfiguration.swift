/// What `dcosd simulate` plays.
public struct SimulationConfiguration: Sendable, Hashable {
    /// `zk://host:port,…/mesos`.
    public var zk: String
    public var agents = 100
    public var tasks = 1_000

    public init(zk: String) { self.zk = zk }
}
