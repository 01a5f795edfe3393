/// How many znodes a server has after loading a snapshot and the logs after it.
struct ZnodeCount: Sendable, Equatable {
    /// Those that outlive the sessions which made them.
    var persistent: Int
    var ephemeral: Int

    static func read(snapshots: String, logs: String) throws -> ZnodeCount { ZnodeCount(persistent: 0, ephemeral: 0) }
}
