import FoundationEssentials
import ZooKeeper

extension Explorer {
    /// How often a write is tried again when others create and delete the same znodes at the same time.
    private static var attempts: Int { 5 }

    /// Sets the data; a znode that does not exist is created with its parents, unless a version is asked for.
    /// - version: the write happens only if the data has this version; nil or -1 for any.
    func write(_ path: ZnodePath, _ data: Data, version: Int32?) async throws {
        try refuseProtected(path)
        guard data.count <= RequestLimits.dataSize else {
            throw ExplorerFailure("The data has \(data.count) bytes; at most \(RequestLimits.dataSize) fit into a znode")
        }
        try await connection.withClient { client in
            if let version, version >= 0 {
                try await client.set(path.text, data, version: version)
                return
            }
            for _ in 1..<Self.attempts where try await writeOnce(path, data, client) { return }
            throw ExplorerFailure("Others create and delete the znode at the same time")
        }
    }

    /// False when it is to be tried again.
    private func writeOnce(_ path: ZnodePath, _ data: Data, _ client: ZooKeeperClient) async throws -> Bool {
        do {
            try await client.set(path.text, data)
            return true
        } catch let error as ZooKeeperError where error.code == .noNode {}
        do {
            for ancestor in path.ancestors {
                do {
                    try await client.create(ancestor.text, acl: options.creationACL)
                } catch let error as ZooKeeperError where error.code == .nodeExists {}
            }
            try await client.create(path.text, data, acl: options.creationACL)
            return true
        } catch let error as ZooKeeperError where error.code == .nodeExists || error.code == .noNode {
            return false
        }
    }

    /// Deletes the znode and its subtree.
    /// - Returns: how many znodes were deleted.
    func delete(_ path: ZnodePath, version: Int32?) async throws -> Int {
        try refuseProtected(path)
        return try await connection.withClient { client in
            var deletion = SubtreeDeletion(client: client)
            do {
                try await deletion.delete(path, version: version ?? -1)
            } catch {
                guard deletion.deleted > 0 else { throw error }
                throw ExplorerFailure("\(ExplorerFailure(error)) (\(deletion.deleted) znodes below it were deleted)")
            }
            return deletion.deleted
        }
    }

    /// - version: of the list; nil or -1 for any.
    func setACL(_ path: ZnodePath, _ entries: [ACLBody], version: Int32?) async throws {
        try refuseProtected(path)
        guard !entries.isEmpty else { throw ExplorerFailure("An access control list needs at least one entry") }
        for entry in entries where entry.perms < 1 || entry.perms > ZnodePermissions.all {
            throw ExplorerFailure("perms must be 1 to \(ZnodePermissions.all), not \(entry.perms)")
        }
        let list = entries.map { ACL(permissions: $0.perms, scheme: $0.scheme, id: $0.id) }
        try await connection.withClient { try await $0.setACL(path.text, list, version: version ?? -1) }
    }

    private func refuseProtected(_ path: ZnodePath) throws {
        guard !path.isProtected else { throw ExplorerFailure("\(path) is ZooKeeper's own and is not changed here") }
    }
}
