import ClusterState
import Logging
import ResourceModel
import ZooKeeper

/// Finds the leading master by watching the election znodes of the masters: the child `json.info_NNNNNNNNNN` with the
/// lowest number leads (contracts/mesos.md §1.1).
///
/// Guarantee: the last change is always delivered; changes that follow each other faster than they can be read may be
/// skipped. While the session is suspended the last answer stands.
public struct MasterDetector: LeadingMasterSource {
    private let client: ZooKeeperClient
    private let path: String
    private let logger: Logger

    /// - path: the masters' election parent, e.g. `/mesos`.
    public init(client: ZooKeeperClient, path: String = MasterElectionPaths.root, logger: Logger) {
        self.client = client
        self.path = path
        self.logger = logger
    }

    public func follow(_ body: @Sendable (MasterEndpoint?) async -> Void) async throws {
        try await masters { await body($0.map(MasterEndpoint.init)) }
    }

    /// Like `follow`, with everything the master tells of itself.
    public func masters(_ body: @Sendable (MasterInfo?) async -> Void) async throws {
        var known: MasterInfo??
        for await children in client.watchChildren(path) {
            let leader: MasterInfo?
            if let name = MasterElectionPaths.leader(among: children ?? []) {
                // Gone between the two reads: the next children event follows.
                guard let (data, _) = try? await client.get("\(path)/\(name)") else { continue }
                do {
                    leader = try ClusterJSON.decode(MasterInfo.self, from: data)
                } catch {
                    logger.error("The leading master's znode is not readable", metadata: ["path": "\(path)/\(name)", "error": "\(error)"])
                    leader = nil
                }
            } else {
                leader = nil
            }
            if let known, known == leader { continue }
            known = .some(leader)
            logger.info("Leading master", metadata: ["master": "\(leader?.pid ?? "none")"])
            await body(leader)
        }
        try Task.checkCancellation()
    }
}
