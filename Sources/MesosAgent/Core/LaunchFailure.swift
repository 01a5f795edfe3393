/// Why a task did not start.
enum LaunchFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The sandbox, a download, a user, the disk: TASK_FAILED `Failed to launch container: …`.
    case container(String)
    /// The task itself is at fault: TASK_ERROR.
    case invalid(String)
    /// Its program could not be executed: TASK_FAILED, as if the command had failed.
    case execution(String)

    var description: String {
        switch self {
        case .container(let why), .invalid(let why), .execution(let why): why
        }
    }
}
