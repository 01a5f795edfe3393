import FoundationEssentials
import Synchronization
import ZooKeeper

/// Reads and writes znodes through our own server, for the page and for scripts (contracts/exhibitor.md §5).
struct Explorer: Sendable {
    static let pageLimit = 1000

    let cluster: Cluster
    let connection: ZooKeeperConnection
    let options: ExplorerOptions

    // MARK: - The tree

    /// The children as lines of the tree; one line that says so when they cannot be read.
    func treeNodes(below key: String) async -> [TreeNode] {
        do {
            let path = try ZnodePath(key)
            var names = try await connection.withClient { try await $0.children(path.text).names }
            ChildOrder.sortForTree(&names)
            return names.map { TreeNode(title: $0, key: path.child($0).text, isLazy: true) }
        } catch {
            return [.exception]
        }
    }

    func nodeData(_ key: String) async -> NodeDataBody {
        do {
            let path = try ZnodePath(key)
            let (data, stat) = try await connection.withClient { try await $0.get(path.text) }
            return NodeDataBody(data: data, stat: stat)
        } catch let error as ZooKeeperError where error.code == .noNode {
            return .notFound
        } catch {
            return NodeDataBody(bytes: "", str: "Exception", stat: ExplorerFailure(error).description)
        }
    }

    // MARK: - Children, page by page

    /// - Parameters:
    ///   - after: the last name of the page before.
    ///   - match: a text that the names contain, upper and lower case being the same.
    func children(of path: ZnodePath, after: String?, limit: Int, match: String?) async throws -> ChildrenBody {
        try await connection.withSession { session in
            let client = session.client
            let (names, pzxid) = try await sortedNames(of: path, session)
            let match = match.map(TextMatch.init).flatMap { $0.isEmpty ? nil : $0 }
            let page = ChildPage(of: names, after: after, limit: min(max(limit, 1), Self.pageLimit), match: match)
            let children = try await concurrentMap(page.names) { name -> ChildrenBody.Child? in
                let path = path.child(name)
                // One that went meanwhile is not shown.
                guard let stat = try await client.exists(path.text) else { return nil }
                return ChildrenBody.Child(
                    name: name, path: path.text, numChildren: stat.numChildren, ephemeral: stat.ephemeralOwner != 0,
                    dataLength: stat.dataLength)
            }
            return ChildrenBody(
                path: path.text, total: names.count, matched: page.matched, children: children.compactMap { $0 }, next: page.next,
                zxid: Hexadecimal.text(pzxid))
        }
    }

    private func sortedNames(
        of path: ZnodePath, _ session: ZooKeeperConnection.Session
    ) async throws -> (names: [String], pzxid: Int64) {
        guard let stat = try await session.client.exists(path.text) else { throw ZooKeeperError(.noNode, path: path.text) }
        if let names = session.childNames.withLock({ $0.names(of: path, pzxid: stat.pzxid) }) { return (names, stat.pzxid) }
        let answer = try await session.client.children(path.text)
        let names = answer.names.sorted(by: ByteOrder.precedes)
        session.childNames.withLock { $0.insert(names, of: path, pzxid: answer.stat.pzxid) }
        return (names, answer.stat.pzxid)
    }

    // MARK: - One znode

    func info(_ path: ZnodePath) async throws -> ZnodeInfoBody {
        let (stat, data, acl) = try await connection.withClient { client in
            guard let stat = try await client.exists(path.text) else { throw ZooKeeperError(.noNode, path: path.text) }
            // The metadata is everybody's, the rest may not be.
            async let content = allowed { try await client.get(path.text) }
            async let list = allowed { try await client.acl(path.text).acl }
            return (try await content?.stat ?? stat, try await content?.data, try await list)
        }
        var owner: ZnodeInfoBody.Owner?
        if stat.ephemeralOwner != 0 {
            owner = ZnodeInfoBody.Owner(
                session: Hexadecimal.text(stat.ephemeralOwner), address: await cluster.clientAddress(ofSession: stat.ephemeralOwner))
        }
        return ZnodeInfoBody(
            path: path.text, stat: StatBody(stat), data: data?.base64EncodedString(), acl: acl?.map(ACLBody.init), owner: owner)
    }

    /// Nil when an access control list does not allow it.
    private func allowed<Value: Sendable>(_ read: () async throws -> Value) async throws -> Value? {
        do {
            return try await read()
        } catch let error as ZooKeeperError where error.code == .noAuth {
            return nil
        }
    }
}
