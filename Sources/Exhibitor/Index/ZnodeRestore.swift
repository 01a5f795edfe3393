import FoundationEssentials
import TransactionLog
import ZooKeeper

/// Makes a znode again what a record of an index says it was.
struct ZnodeRestore: Sendable {
    let explorer: Explorer

    /// - expectedVersion: of what is changed, as it is now: the data, or for a record of an ACL the ACL; -1 for any.
    /// - Throws: `ExplorerFailure` and what the Explorer throws.
    func restore(_ record: IndexRecord, data: [UInt8]?, expectedVersion: Int32) async throws {
        guard record.type != .closeSession else { throw ExplorerFailure("A session that ended cannot be restored") }
        let path = try ZnodePath(record.path)
        guard !path.isProtected else { throw ExplorerFailure("\(path) is ZooKeeper's own and is not changed here") }
        let data = Data(data ?? [])
        switch record.type {
        case .createPersistent, .setData: try await explorer.write(path, data, version: expectedVersion)
        case .createEphemeral: try await set(path, data, expectedVersion, missing: nil)
        case .createContainer: try await set(path, data, expectedVersion, missing: .container)
        case .createTTL: try await set(path, data, expectedVersion, missing: .ttl(.milliseconds(record.timeToLive)))
        // The znode alone: what is below it was not part of the record.
        case .delete: try await explorer.connection.withClient { try await $0.delete(path.text, version: expectedVersion) }
        case .setAccess: try await explorer.setACL(path, try Self.accessList(data), version: expectedVersion)
        case .closeSession: break
        }
    }

    /// - missing: how to create a znode that is gone; nil: it cannot be.
    private func set(_ path: ZnodePath, _ data: Data, _ version: Int32, missing mode: CreateMode?) async throws {
        try await explorer.connection.withClient { client in
            do {
                try await client.set(path.text, data, version: version)
                return
            } catch let error as ZooKeeperError where error.code == .noNode && version < 0 {}
            guard let mode else { throw ExplorerFailure("The znode belonged to a session; only a client can create it again") }
            for ancestor in path.ancestors {
                do {
                    try await client.create(ancestor.text, acl: explorer.options.creationACL)
                } catch let error as ZooKeeperError where error.code == .nodeExists {}
            }
            try await client.create(path.text, data, mode: mode, acl: explorer.options.creationACL)
        }
    }

    private static func accessList(_ data: Data) throws -> [ACLBody] {
        try String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
            guard let entry = AccessEntry(parsing: line) else { throw ExplorerFailure("'\(line)' is no entry of an access control list") }
            return ACLBody(ACL(permissions: entry.permissions, scheme: entry.scheme, id: entry.id))
        }
    }
}
