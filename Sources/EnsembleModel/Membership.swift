/// The members of a running ensemble and the version of that fact: what the servers themselves agreed on, as opposed to
/// the list in the shared configuration.
public struct Membership: Sendable, Hashable {
    /// By id.
    public var members: [Member]
    /// The zxid of the change that made it; a higher one is newer.
    public var version: UInt64

    public init(members: [Member], version: UInt64) {
        self.members = members.sorted { $0.id < $1.id }
        self.version = version
    }

    /// Reads a dynamic configuration file, the znode `/zookeeper/config` or the answer to the word `conf`; nil when no
    /// member is in it.
    /// - fallbackVersion: for a file whose version is in its name.
    public init?(parsing text: some StringProtocol, fallbackVersion: UInt64 = 0) {
        var members: [Member] = []
        var version = fallbackVersion
        for line in text.split(whereSeparator: \.isNewline) {
            if let member = Member(parsing: line) {
                members.append(member)
            } else if line.hasPrefix("version="), let number = UInt64(line.dropFirst(8), radix: 16) {
                version = number
            }
        }
        guard !members.isEmpty else { return nil }
        self.init(members: members, version: version)
    }

    public var servers: ServerList { ServerList(members.map(\.spec)) }
    public var voters: [Member] { members.filter { $0.role == .standard } }

    /// Voters that make a quorum.
    public var majority: Int { voters.count / 2 + 1 }

    /// Whether a list may be asked for while these are the members: it keeps so many voters that one of them has every
    /// write that was acknowledged, and one of them as what it is, to lead the change. More at once has to go in several
    /// steps.
    public func mayBecome(_ list: ServerList) -> Bool {
        let kept = voters.filter { list.server(named: $0.hostname) != nil }.count
        return kept > voters.count - majority && voters.contains { list.voters.contains($0.spec) }
    }

    public func member(named hostname: String) -> Member? { members.first { $0.hostname == hostname } }
    public func member(id: Int) -> Member? { members.first { $0.id == id } }

    /// The lines of the file, one member each.
    public var text: String { members.map { $0.line + "\n" }.joined() }
}
