import EnsembleModel

/// One event `status` of the live feed: everything the page shows at first sight.
struct StatusBody: Encodable, Sendable, Equatable {
    struct Config: Encodable, Sendable, Equatable {
        struct Host: Encodable, Sendable, Equatable {
            var hostname: String
            /// `done`, `current`, `waiting`.
            var stage: String
        }

        var version: String?
        var rollInProgress: Bool
        var rollStatus: String
        var rollPercentDone: Int
        var hosts: [Host]

        init(_ adopted: ConfigurationKeeper.Adopted) {
            let release = adopted.collection.release
            version = adopted.version
            rollInProgress = release != nil
            rollStatus = release?.status ?? "n/a"
            rollPercentDone = release?.percentDone ?? 0
            hosts = (release?.hosts ?? []).enumerated().map { position, host in
                let index = release?.index ?? 0
                return Host(hostname: host, stage: position < index ? "done" : position == index ? "current" : "waiting")
            }
        }
    }

    struct EnsembleMembers: Encodable, Sendable, Equatable {
        /// Hexadecimal.
        var version: String?
        var servers: String
        /// Whether the running ensemble is what the list says.
        var inSync: Bool
    }

    var hostname: String
    var heading: String?
    var port: Int
    /// Where the configuration is kept, in words.
    var store: String
    var isStatic: Bool
    var summary: String
    var servers: [VerboseStatusEntry]
    var switches: StateBody.Switches
    var config: Config
    var membership: EnsembleMembers
    /// Transactions a server is behind the newest of all.
    var lagZxid: [String: UInt64]
}

extension StatusBody {
    /// Is it healthy, in one sentence.
    static func summary(of servers: [VerboseStatusEntry], _ configuration: Config) -> String {
        let voters = servers.filter { $0.server.role == .standard }
        guard !voters.isEmpty else { return "No servers are configured." }
        let serving = voters.filter { $0.status.code == ServerState.serving.code }.count
        let needed = voters.count / 2 + 1
        guard serving >= needed else {
            return voters.count == 1
                ? "The only server, \(voters[0].status.hostname), is \(voters[0].status.description)."
                : "No quorum: \(serving) of \(voters.count) servers serve, \(needed) are needed. Clients wait."
        }
        let leader = servers.first { $0.status.isLeader }.map { "Leader \($0.status.hostname)." } ?? "Electing a leader."
        let versions = Set(servers.compactMap { $0.details?.configVersion })
        let config =
            configuration.rollInProgress
            ? "\(configuration.rollStatus), \(configuration.rollPercentDone) % done."
            : versions.count > 1 ? "A changed configuration is on its way." : "The same configuration everywhere."
        return voters.count == 1
            ? "Serving: one server, \(voters[0].status.hostname)." : "Quorum \(serving) of \(voters.count). \(leader) \(config)"
    }

    /// - zxids: by host, hexadecimal with or without `0x`.
    static func lag(_ zxids: [String: String]) -> [String: UInt64] {
        let numbers = zxids.compactMapValues { UInt64($0.hasPrefix("0x") ? $0.dropFirst(2) : $0[...], radix: 16) }
        let newest = numbers.values.max() ?? 0
        // The upper half counts leaders: across an election the difference means nothing but "behind".
        return numbers.mapValues { $0 >> 32 == newest >> 32 ? newest - $0 : (newest & 0xffff_ffff) + 1 }
    }
}
