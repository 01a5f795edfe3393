import ClusterState
import FoundationEssentials
public import Logging
public import ZooKeeper

/// `--configtype zookeeper`: the configuration in another ensemble (contracts/exhibitor.md §7.5).
///
/// - Lost connection during a write: what happened is read back; a write that did not happen is done again.
/// - Lost session: lock and candidacy go with it. The lock's owner may not know yet; the version that he must name when he
///   stores protects the configuration all the same.
public final class ZooKeeperStore: ConfigurationStore {
    private let client: ZooKeeperClient
    private let paths: SharedConfigurationPaths
    private let directory: EnsembleDirectory?
    private let presence = PresenceMemory()
    private let logger: Logger

    public let summary: String
    public var traits: ConfigurationStoreTraits { .shared }

    /// The version of a configuration that is not there.
    private static let absent = "-1"

    /// - Parameters:
    ///   - client: this store runs it; nobody else does.
    ///   - zpath: begins with a slash.
    ///   - directory: where to ask who the servers are, as they change.
    public init(
        client: ZooKeeperClient, zpath: String, directory: EnsembleDirectory? = nil, logger: Logger = Logger(label: "configuration-store")
    ) {
        self.client = client
        self.directory = directory
        self.logger = logger
        paths = SharedConfigurationPaths(root: zpath)
        summary = "zookeeper \(client.servers.joined(separator: ","))\(zpath)"
    }

    public func run() async throws {
        guard let directory else { return try await client.run() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.client.run() }
            group.addTask { await directory.follow(self.client) }
            try await group.waitForAll()
        }
    }

    // MARK: Content

    public func load() async throws -> StoredConfiguration {
        try await explaining {
            let stored = try await read()
            try presence.check(stored, of: summary)
            return stored
        }
    }

    /// After a `sync`, as the server we talk to may lag behind a write that another host has been told of.
    private func read() async throws -> StoredConfiguration {
        do {
            try await client.sync(paths.config)
            let (data, stat) = try await client.get(paths.config)
            guard let text = String(validating: data, as: UTF8.self) else {
                throw ConfigurationStoreError.unreadable(store: summary, reason: "not UTF-8 text")
            }
            return StoredConfiguration(text: text.isEmpty ? nil : text, version: "\(stat.version)")
        } catch let error as ZooKeeperError where error.code == .noNode {
            return StoredConfiguration(text: nil, version: Self.absent)
        }
    }

    public func store(_ text: String, replacing version: String) async throws -> StoredConfiguration? {
        try await explaining {
            if version == Self.absent { return try await create(text) }
            // Never -1 (any version) over a node that is there.
            guard let number = Int32(version), number >= 0 else { return nil }
            return try await replace(with: text, version: number)
        }
    }

    private func create(_ text: String) async throws -> StoredConfiguration? {
        try await client.createWithParents(paths.configs)
        return try await definitely(text, from: Self.absent, to: "0") {
            try await self.client.create(self.paths.config, Data(text.utf8))
            return "0"
        }
    }

    private func replace(with text: String, version: Int32) async throws -> StoredConfiguration? {
        try await definitely(text, from: "\(version)", to: "\(version &+ 1)") {
            "\(try await self.client.set(self.paths.config, Data(text.utf8), version: version).version)"
        }
    }

    /// Does a conditional write until it is known whether it happened.
    private func definitely(
        _ text: String, from old: String, to new: String, _ write: () async throws -> String
    ) async throws -> StoredConfiguration? {
        while true {
            do {
                return StoredConfiguration(text: text, version: try await write())
            } catch let error as ZooKeeperError where [.badVersion, .noNode, .nodeExists].contains(error.code) {
                return nil
            } catch let error as ZooKeeperError where error.isOutcomeUnknown && error.code != .closing {
                // On the session's next connection nothing of the old one can still come to pass.
                let now = try await read()
                if now.version == new, now.text == text { return now }
                guard now.version == old else { return nil }
            }
        }
    }

    // MARK: Lock

    public func lock(owner hostname: String, wait: Duration) async throws -> (any ConfigurationLock)? {
        try await explaining { try await ZooKeeperLock.take(client: client, paths: paths, owner: hostname, wait: wait, logger: logger) }
    }

    // MARK: Candidates

    public func announce(_ hostname: String) async throws {
        let path = paths.candidate(hostname)
        try await explaining {
            try await client.waitUntilConnected(timeout: client.operationTimeout)
            let data = Data(hostname.utf8)
            do {
                if let stat = try await client.exists(path) {
                    if stat.ephemeralOwner == client.sessionID { return }
                    // That of our last session, which the server still keeps: replaced so that nobody sees a gap.
                    try await client.multi([.delete(path, version: stat.version), .create(path, data, mode: .ephemeral)])
                } else {
                    try await client.createWithParents(paths.candidates)
                    try await client.create(path, data, mode: .ephemeral)
                }
            } catch let error as ZooKeeperError where error.code == .nodeExists {
                // An answer that was lost, or the same host twice: the next announcement settles it.
            } catch let error as MultiError {
                logger.debug("candidate changed meanwhile", metadata: ["path": "\(path)", "error": "\(error)"])
            }
        }
    }

    /// Those with a live session; `age` does not matter.
    public func candidates(within age: Duration) async throws -> [String] {
        try await explaining {
            do {
                return try await client.children(paths.candidates).names.sorted()
            } catch let error as ZooKeeperError where error.code == .noNode {
                return []
            }
        }
    }

    // MARK: -

    private func explaining<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as ZooKeeperError {
            throw ConfigurationStoreError.unreachable(store: summary, reason: "\(error)")
        }
    }
}
