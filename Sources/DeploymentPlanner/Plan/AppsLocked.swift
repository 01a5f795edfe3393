public import AppModel

/// The 409 of a write that meets a running deployment; clients look for its exact text.
public struct AppsLocked: Error, Sendable, Hashable {
    public let deployments: [String]

    public init(deployments: [String]) { self.deployments = deployments }

    public var status: Int { 409 }

    public var body: JSONValue {
        [
            "message":
                "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
            "deployments": .array(deployments.map { ["id": .string($0)] }),
        ]
    }
}
