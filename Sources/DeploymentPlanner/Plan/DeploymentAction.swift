public import AppModel

/// One thing a deployment does to one app (contracts/marathon.md §6.1, §12.3).
public struct DeploymentAction: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable {
        /// Makes the app known, with no instance yet.
        case start = "StartApplication"
        /// Brings the app to its number of instances.
        case scale = "ScaleApplication"
        /// Kills everything of it.
        case stop = "StopApplication"
        /// Replaces every task by one of the target version.
        case restart = "RestartApplication"
    }

    public var action: Kind
    public var app: AppID
    /// Scale: tasks that must be among the killed ones.
    public var victims: [String]?

    public init(_ action: Kind, _ app: AppID, victims: [String]? = nil) {
        self.action = action
        self.app = app
        self.victims = victims
    }

    public var json: JSONValue { ["action": .string(action.rawValue), "app": .string(app.description)] }
}
