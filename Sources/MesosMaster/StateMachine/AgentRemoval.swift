import ClusterState

/// Why and how an agent leaves the registry's registered agents.
struct AgentRemoval: Sendable, Hashable {
    /// `unreachable`: it may come back with its tasks; `removed`, `gone`: it may not.
    var state: AgentRecord.State
    /// As in `Slave h removed: <message>`.
    var message: String
    /// The operator's request that waits for it.
    var request: RequestID?
}
