/// What another member's Exhibitor says about its server.
public struct PeerReport: Sendable, Hashable {
    public var state: ServerState
    /// Also true of a standalone server.
    public var isLeader: Bool
    /// What its server, or the files of the server that last ran, say about the members; nil for a standalone server.
    public var membership: Membership?
    /// Whether transactions or snapshots are in its data directory.
    public var hasData: Bool
    /// The version of the shared configuration it has adopted.
    public var configurationVersion: String?

    public init(
        state: ServerState, isLeader: Bool = false, membership: Membership? = nil, hasData: Bool = false,
        configurationVersion: String? = nil
    ) {
        self.state = state
        self.isLeader = isLeader
        self.membership = membership
        self.hasData = hasData
        self.configurationVersion = configurationVersion
    }
}
