import EnsembleModel

/// What survives a restart of a host, but not a new disk.
struct SimulatedDisk {
    // ZooKeeper's part
    /// Ids of the transactions, in order.
    var history: [UInt64] = []
    var acceptedEpoch: UInt64 = 0
    var currentEpoch: UInt64 = 0
    /// The dynamic configuration; nil after a standalone run.
    var membership: Membership?
    /// A membership that was proposed or seen, not known to be agreed on.
    var next: Membership?
    var hasData = false

    // Ours
    var ranStandalone = false
    var wasMember = false
    /// It ran alone because the list named it alone; only the operator knows.
    var ranByList = false
    var appliedImposition: ServerList?
    /// What the server was last started with.
    var startedWith: InstanceConfiguration?
    var saved: (collection: ConfigurationCollection, version: Int)?

    var lastTransaction: UInt64 { history.last ?? 0 }

    /// The members whose majorities a vote needs.
    var views: [Membership] { [membership, next].compactMap { $0 } }

    /// Takes over a newer membership that is agreed on.
    mutating func adopt(_ newer: Membership?) {
        guard let newer, newer.version > (membership?.version ?? 0) else { return }
        membership = newer
        if let next, next.version <= newer.version { self.next = nil }
    }
}

/// One ZooKeeper process.
struct SimulatedServer {
    enum Role: Equatable {
        case looking
        case leading
        /// The leader's host.
        case following(Int)
        case standalone
    }

    var id: Int
    var configuration: InstanceConfiguration
    /// Started when no list was known.
    var hadNoList = false
    var role = Role.looking
    var epoch: UInt64 = 0
    /// A follower that got UPTODATE, a leader whose quorum is synced.
    var isUpToDate = false
    var unhealthySince = Duration.zero

    /// It was given something with which it never serves.
    var isBroken: Bool { configuration.zooCfgExtra.contains { $0.key == "broken" } }
    var isServing: Bool { role == .standalone || (role != .looking && isUpToDate) }
}

/// One machine with its Exhibitor.
struct SimulatedHost {
    let name: String
    var isOn = true
    /// Never to return.
    var isGone = false
    var reachesStore = true
    var group = 0
    var disk = SimulatedDisk()
    var server: SimulatedServer?
    var exhibitor: SimulatedExhibitor?
}

/// What an Exhibitor has in memory.
struct SimulatedExhibitor {
    enum LockWork: Equatable {
        case none
        case management
        /// Our server is restarted under the lock.
        case restart(since: Duration)
    }

    var collection: ConfigurationCollection
    /// Nil: nothing adopted yet.
    var version: Int?
    var release: RollingRelease
    var management: InstanceManagement
    var waitingSince: Duration?
    var peers: [String: PeerReport?] = [:]
    var peersSeenAt = -1
    var lockWork = LockWork.none
    /// A restart for a new configuration has to leave a majority.
    var restartIsGuarded = false
    var pendingReconfiguration: (joining: [Member], leaving: [Int], from: UInt64)?
    var lastWait: String?

    init(hostname: String, saved: (collection: ConfigurationCollection, version: Int)?) {
        collection = saved?.collection ?? ConfigurationCollection(current: InstanceConfiguration())
        version = saved == nil ? nil : -1
        release = RollingRelease(hostname: hostname)
        management = InstanceManagement(hostname: hostname)
    }
}
