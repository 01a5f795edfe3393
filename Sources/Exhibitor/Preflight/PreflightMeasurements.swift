import EnsembleModel

/// What was found out about this host and its way to the other members.
struct PreflightMeasurements: Sendable, Equatable {
    /// One directory the server writes to.
    struct Disk: Sendable, Equatable {
        enum Sync: Sendable, Equatable {
            /// How long each write of one block took until it was on the disk.
            case took([Duration])
            case failed(reason: String)
        }

        var path: String
        /// Nil: not tried.
        var sync: Sync?
        /// Bytes that we may still write, and that there are.
        var free: UInt64?
        var total: UInt64?
        /// Of the file entries, 0 to 1; nil where the file system has no limit.
        var freeEntries: Double?
    }

    struct Port: Sendable, Equatable {
        enum Purpose: String, Sendable, Equatable {
            case client = "client port"
            case secureClient = "TLS client port"
            case connect = "connect port"
            case election = "election port"
        }

        enum Outcome: Sendable, Equatable {
            case open
            case refused
            /// No answer at all: most likely a packet filter.
            case silent
            case failed(reason: String)
        }

        var purpose: Purpose
        var number: Int
        var outcome: Outcome
    }

    /// Another member. What is nil or empty was not found out.
    struct Peer: Sendable, Equatable {
        var hostname: String
        /// Of its server, as its Exhibitor says.
        var state: ServerState?
        var isLeader = false
        /// What its Exhibitor believes its id is.
        var serverID: Int?
        /// How far its clock is ahead of ours.
        var clockOffset: Duration?
        /// The offset is known this well.
        var clockError = Duration.zero
        var ports: [Port] = []
    }

    var hostname: String
    var servers = ServerList()
    var state = ServerState.latent
    var disks: [Disk] = []
    var peers: [Peer] = []
    /// Content of `myid`; nil: no such file.
    var identity: String?
    /// What the server took to write its log where it complained, in the last 15 minutes.
    var slowSyncs: [Duration] = []
    /// Lines of `zoo.cfg` that win over ours.
    var extraLines: [ConfigurationLine] = []
    /// What the server may open.
    var openFileLimit: Int?
    var heapMegabytes: Int?
    var memoryMegabytes: Int?
    /// Why the server could not be started.
    var startProblem: String?
    /// Until the TLS certificate of the server expires; negative when it has.
    var certificateLifetime: Duration?

    init(hostname: String) {
        self.hostname = hostname
    }
}
