import AppModel

/// A request that is answered with something else than success (contracts/marathon.md §2.1).
struct APIError: Error, Sendable, CustomStringConvertible {
    let status: Int
    let body: JSONValue

    init(status: Int, body: JSONValue) {
        self.status = status
        self.body = body
    }

    init(_ status: Int, _ message: String) {
        self.init(status: status, body: ["message": .string(message)])
    }

    var description: String { "\(status): \(body.text)" }

    var message: String { body["message"]?.string ?? "" }

    static func unknownApp(_ id: String) -> APIError { APIError(404, "App '\(id)' does not exist") }
    static func unknownApp(_ id: String, version: String) -> APIError {
        APIError(404, "App '\(id)' does not exist in version \(version)")
    }
    static func unknownGroup(_ id: String) -> APIError { APIError(404, "Group '\(id)' does not exist") }
    static func unknownTask(_ id: String) -> APIError { APIError(404, "Task '\(id)' does not exist") }
    static func unknownRoute(_ path: String) -> APIError { APIError(404, "URI not found: \(path)") }
    static let methodNotAllowed = APIError(405, "Method Not Allowed")
    static let unsupportedMediaType = APIError(415, "Unsupported Media Type")
    static let noLeader = APIError(503, "Could not determine the current leader")
    static let steppedDown = APIError(503, "This instance lost the leadership while it handled the request")

    /// - deployments: the ids of the running deployments in the way; clients read them.
    static func locked(by deployments: [String]) -> APIError {
        APIError(
            status: 409,
            body: [
                "message":
                    "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
                "deployments": .array(deployments.map { ["id": .string($0)] }),
            ])
    }
}

extension APIError {
    init(_ error: AppInputError) {
        self.init(status: error.status, body: error.body)
    }
}
