import EnsembleModel

/// The text of `zoo.cfg` and `myid` for one server (contracts/exhibitor.md §8 "Write config", §13.1).
public struct ZooKeeperConfigurationFile: Sendable {
    public let settings: ZooKeeperSettings

    public init(settings: ZooKeeperSettings) {
        self.settings = settings
    }

    /// The user's lines, then our defaults for keys the user left out, then what the settings fix, then the members.
    public var text: String {
        let userKeys = Set(settings.extraLines.map(\.key))
        var lines = settings.extraLines
        lines += defaults.filter { !userKeys.contains($0.key) }
        lines += fixed.filter { !userKeys.contains($0.key) }
        lines += settings.servers.servers.map { server in
            ConfigurationLine(
                "server.\(server.id)",
                "\(server.hostname):\(settings.connectPort):\(settings.electionPort)"
                    + (server.role == .observer ? ":observer" : ""))
        }
        if settings.ourServer?.role == .observer, !userKeys.contains("peerType") {
            lines.append(ConfigurationLine("peerType", "observer"))
        }
        return lines.map { "\($0.key)=\($0.value)\n" }.joined()
    }

    /// Content of `<data>/myid`; nil: the file must not exist (standalone).
    public var serverID: String? {
        settings.ourServer.map { "\($0.id)\n" }
    }

    private var defaults: [ConfigurationLine] {
        var lines = [
            ConfigurationLine("4lw.commands.whitelist", "*"),
            ConfigurationLine("admin.serverAddress", settings.adminAddress),
            ConfigurationLine("admin.serverPort", "\(settings.adminPort)"),
            ConfigurationLine("autopurge.snapRetainCount", "5"),
            ConfigurationLine("autopurge.purgeInterval", "1"),
            ConfigurationLine("reconfigEnabled", "true"),
            ConfigurationLine("extendedTypesEnabled", "true"),
        ]
        if !settings.isAdminServerEnabled { lines.append(ConfigurationLine("admin.enableServer", "false")) }
        if settings.servers.servers.count > 1 { lines.append(ConfigurationLine("standaloneEnabled", "false")) }
        if settings.clientAddress != nil { lines.append(ConfigurationLine("quorumListenOnAllIPs", "false")) }
        return lines
    }

    private var fixed: [ConfigurationLine] {
        var lines = [
            ConfigurationLine("dataDir", settings.dataDirectory),
            ConfigurationLine("dataLogDir", settings.logDirectory),
            ConfigurationLine("clientPort", "\(settings.clientPort)"),
        ]
        if let address = settings.clientAddress { lines.append(ConfigurationLine("clientPortAddress", address)) }
        return lines
    }
}
