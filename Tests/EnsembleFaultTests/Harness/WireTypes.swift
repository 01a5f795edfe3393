/// One element of `GET cluster/status`.
struct HostStatus: Decodable, Hashable, Sendable {
    var hostname: String
    var code: Int
    var description: String
    var isLeader: Bool

    static let down = 1
    static let notServing = 2
    static let serving = 3
}

/// `GET cluster/state?verbose=true`, as far as the tests look at it.
struct HostState: Decodable, Sendable {
    var state: Int
    var isLeader: Bool
    var mode: String?
    var pid: Int?
    var membership: String?
    var runsCurrentSettings: Bool
    var configVersion: String?
}

/// `GET config/get-state`, as far as the tests look at it.
struct ConfigState: Decodable, Sendable {
    struct Config: Decodable, Sendable {
        var serversSpec: String
        var rollInProgress: Bool
        var rollStatus: String
        var zooCfgExtra: [String: String]
    }
    var config: Config
}

/// The answer to orders.
struct OrderResult: Decodable, Sendable {
    var message: String
    var succeeded: Bool
}

/// `GET cluster/list`.
struct ServerListAnswer: Decodable, Equatable, Sendable {
    var servers: [String]
    var port: Int
}

/// One element of `GET cluster/warnings`.
struct HostWarning: Decodable, Sendable {
    var kind: String
    var hostname: String
    var text: String
}
