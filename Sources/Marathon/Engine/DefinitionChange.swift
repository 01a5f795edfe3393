import AppModel
import ZooKeeper

/// What a client wants changed.
struct DefinitionChange: Sendable {
    /// The tree after the change; ports and versions are set afterwards. Throws `APIError` or `AppInputError`.
    var edit: @Sendable (_ tree: AppTree, _ version: Timestamp) throws -> AppTree
    /// Apps whose tasks are all to be replaced although nothing changes.
    var restarts: Set<AppID> = []
    /// Tasks that a scale must take.
    var victims: [AppID: [String]] = [:]
    /// Cancel deployments in the way.
    var force = false
    /// Named in `group_change_success` and `group_change_failed`.
    var group: AppID
    /// Only say what would happen.
    var isDryRun = false
}

/// A change of definitions, worked out and not stored yet.
struct DefinitionDraft: Sendable {
    var tree: AppTree
    var change: Int64
    var deployment: Deployment
    var cancelled: [Deployment]
    /// Of the apps put.
    var records: [AppID: AppRecord]
    var removed: Set<AppID>
    /// Immutable nodes that nothing refers to before `ops`: may be written ahead.
    var specs: [Op]
    /// All or nothing.
    var ops: [Op]
    var group: AppID
}

/// The result of an accepted change.
struct ChangeOutcome: Sendable {
    var version: Timestamp
    var deployment: String
    var plan: JSONValue
}
