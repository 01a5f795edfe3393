import TransactionLog

/// How many znodes a server has after loading a snapshot and the logs after it.
struct ZnodeCount: Sendable, Equatable {
    /// Those that outlive the sessions which made them.
    var persistent: Int
    var ephemeral: Int

    /// Replays the files. Blocks.
    /// - Throws: `BackupError.verificationFailed` when they are damaged.
    static func read(snapshots: String, logs: String) throws -> ZnodeCount {
        let (tree, report) = try DataTreeLoader(logDirectory: logs, snapshotDirectory: snapshots).load()
        if let problem = report.problems.first { throw BackupError.verificationFailed(reason: problem) }
        let ephemeral = tree.nodes.values.count { node in
            if case .ephemeral = node.stat.kind { true } else { false }
        }
        return ZnodeCount(persistent: tree.nodes.count - ephemeral, ephemeral: ephemeral)
    }
}
