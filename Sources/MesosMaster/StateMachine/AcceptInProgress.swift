import ResourceModel

/// An ACCEPT whose offers are consumed, with what is left to do: reservations wait for their registry write in between.
struct AcceptInProgress: Sendable {
    var framework: FrameworkID
    var agent: AgentID
    /// In which the resources were offered; nil for a framework of one role.
    var role: String?
    /// What is left of the offers.
    var available: Resources
    var operations: ArraySlice<Operation>
    /// Seconds of the filter for what remains.
    var refuseFor: Double

    /// The tasks that are not launched yet.
    var launches: [TaskInfo] { operations.flatMap { $0.type == .launch ? $0.launch?.task_infos ?? [] : [] } }
}

/// Reservations and volumes made or ended on one agent, together.
struct ReservationChange: Sendable {
    var agent: AgentID
    /// Valid, in order.
    var operations: [ReservationOperation]

    /// - checkpointed: all dynamic reservations and volumes of the agent.
    func applied(toCheckpointed checkpointed: Resources) -> Resources {
        operations.reduce(checkpointed) { $0 - $1.consumed.checkpointed + $1.produced.checkpointed }
    }

    func undone(in resources: Resources) -> Resources {
        operations.reversed().reduce(resources) { $0 - $1.produced + $1.consumed }
    }
}
