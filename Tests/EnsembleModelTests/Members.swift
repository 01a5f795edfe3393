import EnsembleModel

/// `1:a,O:2:b` as members with the usual ports.
func members(_ text: String) -> [Member] {
    ServerList(parsing: text).servers.map {
        Member(id: $0.id, hostname: $0.hostname, connectPort: 2888, electionPort: 3888, role: $0.role, clientAddress: "2181")
    }
}

/// What servers agreed on.
func membership(_ text: String, version: UInt64 = 7) -> Membership {
    Membership(members: members(text), version: version)
}

/// A peer whose server is in the quorum of `text`.
func serving(_ text: String, version: UInt64 = 7, isLeader: Bool = false) -> PeerReport {
    PeerReport(state: .serving, isLeader: isLeader, membership: membership(text, version: version), hasData: true)
}

/// A peer that is up and has an empty disk.
let emptyPeer = PeerReport(state: .down)
