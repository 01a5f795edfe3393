import ClusterState
import ResourceModel

/// What the leader knows of one agent.
struct AgentEntry: Sendable {
    var record: AgentRecord
    var total: Resources
    /// The stream by which it hears commands; set once it has told its tasks.
    var link: LinkID?
    /// Uptime at which `link` was opened.
    var linkSince: Double = 0
    /// Its ephemeral node is there.
    var isLive: Bool
    /// Uptime since when the ephemeral node is missing.
    var missingSince: Double?
    /// Known from the registry; it has not come back since this leader's election.
    var isRecovered: Bool
    /// The registry is being told of its removal.
    var isBeingRemoved = false
    /// It has been missing for too long and waits for the rate limit.
    var isRemovalScheduled = false
    var reregisteredTime: Double?
    /// Tasks known here, by framework.
    var tasks: [FrameworkID: Set<TaskID>] = [:]
    var offers: Set<OfferID> = []
    /// Uptime of the last PING.
    var lastPing: Double = 0
    /// Kills it has not confirmed, as stored.
    var storedKills = PendingKills()

    /// Its resources may be offered.
    var isActive: Bool { link != nil && isLive && !isBeingRemoved && record.deactivated != true }
    /// What it runs may not be known completely.
    var isInTransition: Bool { isRecovered || isBeingRemoved }

    init(record: AgentRecord, isLive: Bool, isRecovered: Bool, now: Moment) {
        self.record = record
        self.total = Resources(record.info.resources).applying(checkpointed: record.checkpointed_resources)
        self.isLive = isLive
        self.missingSince = isLive ? nil : now.uptime
        self.isRecovered = isRecovered
    }
}

/// `slave(1)@10.0.2.1:5051` taken apart.
struct AgentAddress: Sendable, Hashable {
    var ip: String
    var port: Int

    init?(pid: String) {
        guard let at = pid.lastIndex(of: "@"), let colon = pid.lastIndex(of: ":"), at < colon,
            let port = Int(pid[pid.index(after: colon)...])
        else { return nil }
        self.ip = String(pid[pid.index(after: at)..<colon])
        self.port = port
    }
}
