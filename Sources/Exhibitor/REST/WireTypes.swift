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
