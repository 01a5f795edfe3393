import EnsembleModel

/// `GET cluster/state` (contracts/exhibitor.md §3).
struct StateBody: Codable, Sendable, Equatable {
    struct Switches: Codable, Sendable, Equatable {
        var restarts: Bool
        var cleanup: Bool
        var backups: Bool
    }

    var switches: Switches
    var state: Int
    var description: String
    var isLeader: Bool
}

/// One element of `GET cluster/status`.
struct StatusEntry: Codable, Sendable, Equatable {
    var hostname: String
    var code: Int
    var description: String
    var isLeader: Bool

    init(hostname: String, state: ServerState, isLeader: Bool) {
        self.hostname = hostname
        code = state.code
        description = state.description
        self.isLeader = isLeader
    }
}

/// `GET cluster/list`.
struct ServerListBody: Codable, Sendable, Equatable {
    var servers: [String]
    var port: Int

    /// The form variant, which Curator's ensemble provider reads.
    var form: String {
        let hosts = servers.enumerated().map { "server\($0.offset)=\(FormEncoding.encode($0.element))&" }.joined()
        return "count=\(servers.count)&\(hosts)port=\(port)"
    }
}

/// The answer to orders. Failures are HTTP 200 too.
struct OperationResult: Codable, Sendable, Equatable {
    var message: String
    var succeeded: Bool

    static let ok = OperationResult(message: "OK", succeeded: true)
    static func failed(_ message: String) -> OperationResult { OperationResult(message: message, succeeded: false) }
}

/// What a call about another host answers: that host's answer, or why there is none.
struct RemoteEnvelope<Response: Codable & Sendable & Equatable>: Sendable, Equatable {
    enum Outcome: Sendable, Equatable {
        case response(Response)
        case failure(String)
    }

    var outcome: Outcome

    init(_ response: Response) { outcome = .response(response) }
    init(failure message: String) { outcome = .failure(message) }
}

extension RemoteEnvelope: Encodable {
    private enum CodingKeys: String, CodingKey { case response, errorMessage, success }
    private struct Nothing: Encodable {}

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch outcome {
        case .response(let response):
            try container.encode(response, forKey: .response)
            try container.encode("", forKey: .errorMessage)
            try container.encode(true, forKey: .success)
        case .failure(let message):
            // Where the answer would be text, its absence is the text of an empty object.
            if Response.self == String.self {
                try container.encode("{}", forKey: .response)
            } else {
                try container.encode(Nothing(), forKey: .response)
            }
            try container.encode(message, forKey: .errorMessage)
            try container.encode(false, forKey: .success)
        }
    }
}

/// `GET cluster/state?verbose=true`: `cluster/state` and what only a closer look shows (contracts/exhibitor.md §16.8).
/// Nil: unknown.
struct VerboseStateBody: Codable, Sendable, Equatable {
    struct Latency: Codable, Sendable, Equatable {
        /// Milliseconds.
        var min: Double
        var avg: Double
        var max: Double
    }

    var switches: StateBody.Switches
    var state: Int
    var description: String
    var isLeader: Bool
    var hostname: String
    var serverId: Int
    var observer: Bool
    var voting: Bool?
    /// `leader`, `follower`, `observer`, `standalone`.
    var mode: String?
    /// Of the last transaction it has seen, hexadecimal.
    var zxid: String?
    var connections: Int?
    var outstanding: Int?
    var latency: Latency?
    var version: String?
    /// Leader only.
    var syncedFollowers: Int?
    var znodes: Int?
    var watches: Int?
    var ephemerals: Int?
    /// Bytes.
    var dataSize: Int?
    var packetsReceived: Int?
    var packetsSent: Int?
    var pid: Int?
    var uptimeMs: Int?
    var restarts: Int
    /// Whether the running server was started with the configuration in force.
    var runsCurrentSettings: Bool
    /// Of the shared configuration that this host has adopted.
    var configVersion: String?
    /// What the server, or its files, say about the members; the lines of ZooKeeper's dynamic configuration.
    var membership: String?
    /// Hexadecimal.
    var membershipVersion: String?
    /// Whether its data directory holds anything.
    var hasData: Bool
    /// Where its clients connect, as in the line of a member.
    var clientAddress: String
    var warnings: [PreflightWarning]
}

extension VerboseStateBody {
    /// What the planners of the ensemble need of it.
    var report: PeerReport {
        PeerReport(
            state: ServerState(rawValue: state) ?? .down, isLeader: isLeader,
            membership: membership.flatMap {
                Membership(parsing: $0, fallbackVersion: membershipVersion.flatMap { UInt64($0, radix: 16) } ?? 0)
            },
            hasData: hasData, configurationVersion: configVersion)
    }
}

/// One element of `GET cluster/status?verbose=true`: the plain element, and `details` of a host that answers.
struct VerboseStatusEntry: Encodable, Sendable, Equatable {
    var status: StatusEntry
    var server: ServerSpec
    var details: VerboseStateBody?

    private enum CodingKeys: String, CodingKey {
        case code, description, hostname, isLeader, serverId, observer, voting, mode, zxid, connections, outstanding, latency, version
        case syncedFollowers, znodes, watches, ephemerals, dataSize, packetsReceived, packetsSent, pid, uptimeMs, restarts, configVersion
        case warnings, switches, runsCurrentSettings
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(status.code, forKey: .code)
        try container.encode(status.description, forKey: .description)
        try container.encode(status.hostname, forKey: .hostname)
        try container.encode(status.isLeader, forKey: .isLeader)
        try container.encode(server.id, forKey: .serverId)
        try container.encode(server.role == .observer, forKey: .observer)
        try container.encode(details?.voting, forKey: .voting)
        try container.encode(details?.mode, forKey: .mode)
        try container.encode(details?.zxid, forKey: .zxid)
        try container.encode(details?.connections, forKey: .connections)
        try container.encode(details?.outstanding, forKey: .outstanding)
        try container.encode(details?.latency, forKey: .latency)
        try container.encode(details?.version, forKey: .version)
        try container.encode(details?.syncedFollowers, forKey: .syncedFollowers)
        try container.encode(details?.znodes, forKey: .znodes)
        try container.encode(details?.watches, forKey: .watches)
        try container.encode(details?.ephemerals, forKey: .ephemerals)
        try container.encode(details?.dataSize, forKey: .dataSize)
        try container.encode(details?.packetsReceived, forKey: .packetsReceived)
        try container.encode(details?.packetsSent, forKey: .packetsSent)
        try container.encode(details?.pid, forKey: .pid)
        try container.encode(details?.uptimeMs, forKey: .uptimeMs)
        try container.encode(details?.restarts, forKey: .restarts)
        try container.encode(details?.configVersion, forKey: .configVersion)
        try container.encode(details?.warnings ?? [], forKey: .warnings)
        try container.encode(details?.switches, forKey: .switches)
        try container.encode(details?.runsCurrentSettings, forKey: .runsCurrentSettings)
    }
}
