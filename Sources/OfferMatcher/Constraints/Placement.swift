import AppModel

/// Where a task runs, as far as constraints care.
public struct Placement: Sendable, Hashable {
    public var hostname: String
    /// The agent's attributes as text.
    public var attributes: [String: String]

    public init(hostname: String, attributes: [String: String] = [:]) {
        self.hostname = hostname
        self.attributes = attributes
    }

    /// The value of a constraint's field; nil when the agent has no such attribute.
    func value(of constraint: Constraint) -> String? {
        constraint.isOnHostname ? hostname : attributes[constraint.field]
    }
}
