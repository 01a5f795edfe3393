public import AppModel
public import ResourceModel

/// A task that an offer can take: what to store, then to launch.
public struct Launch: Sendable, Hashable {
    public var app: AppDefinition
    public var agentID: AgentID
    public var placement: Placement
    /// Taken from the offer, with its roles and reservations.
    public var resources: [Resource]
    /// In order of definition; mappings without a host port contribute nothing.
    public var hostPorts: [Int]
    /// See `TaskPorts.init`.
    public var generatedPorts: [Int]

    public var ports: TaskPorts { TaskPorts(app: app, hostPorts: hostPorts, generated: generatedPorts) }
}
