import ResourceModel

/// What one znode says, or, with nil, that it is gone or says nothing any more.
enum Fact: Sendable {
    /// - candidacy: the node's name; candidates lead in the order of their sequence numbers.
    case master(candidacy: String, ProcessAddress?)
    /// From the registry: nil unless registered.
    case agent(AgentID, ProcessAddress?)
    /// From the ephemeral node.
    case live(AgentID, ProcessAddress?)
    case framework(FrameworkID, FrameworkFacts?)
    /// The running tasks of a chunk by their keys.
    case chunk(AgentID, String, [String: TaskFacts])
}

/// A framework and, while it is active, where its scheduler is.
struct FrameworkFacts: Sendable, Hashable {
    var name: String
    /// Completed frameworks keep their name for tasks that still run, and lose their own records.
    var isActive: Bool
    var scheduler: ProcessAddress?
}
