import EnsembleModel

/// The text of `zoo.cfg` and `myid` for one server (contracts/exhibitor.md §8 "Write config", §13.1).
public struct ZooKeeperConfigurationFile: Sendable {
    /// Where the list of members is.
    public enum Members: Sendable, Hashable {
        /// In lines of this file; the server moves them to a dynamic file of its own when it starts.
        case listed([Member])
        /// In the dynamic file which the servers agreed on.
        case dynamic(path: String)
    }

    public let settings: ZooKeeperSettings
    public let members: Members
    /// See `SnapshotTrust`.
    public var trustsMissingSnapshot = false

    public init(settings: ZooKeeperSettings, members: Members) {
        self.settings = settings
        self.members = members
    }

    /// With the members of the settings.
    public init(settings: ZooKeeperSettings) {
        self.init(
            settings: settings,
            members: .listed(
                settings.members.map { member in
                    var member = member
                    member.clientAddress = nil
                    return member
                }))
    }

    /// The user's lines, then our defaults for keys the user left out, then what the settings fix, then the members.
    public var text: String {
        let userKeys = Set(settings.extraLines.map(\.key))
        var lines = settings.extraLines
        lines += defaults.filter { !userKeys.contains($0.key) }
        lines += fixed.filter { !userKeys.contains($0.key) }
        switch members {
        case .listed(let members):
            lines += members.map(Self.line)
            // A joiner calls itself an observer for its first start only: what it is comes from the ensemble.
            let isObserver = settings.ourServer?.role == .observer && members.contains { $0.hostname == settings.hostname }
            if isObserver, !userKeys.contains("peerType") { lines.append(ConfigurationLine("peerType", "observer")) }
        case .dynamic(let path):
            lines.append(ConfigurationLine("dynamicConfigFile", path))
        }
        return lines.map { "\($0.key)=\($0.value)\n" }.joined()
    }

    /// Content of `<data>/myid`; nil: the file must not exist (standalone).
    public var serverID: String? {
        settings.ourServer.map { "\($0.id)\n" }
    }

    /// A member whose client address is in `zoo.cfg`, ours, is written without it.
    private static func line(_ member: Member) -> ConfigurationLine {
        let host = member.hostname.contains(":") ? "[\(member.hostname)]" : member.hostname
        return ConfigurationLine(
            "server.\(member.id)",
            "\(host):\(member.connectPort):\(member.electionPort)" + (member.role == .observer ? ":observer" : "")
                + (member.clientAddress.map { ";\($0)" } ?? ""))
    }

    private var isEnsemble: Bool {
        switch members {
        case .listed(let members): members.count > 1 || (members.count == 1 && settings.servers.servers.count > 1)
        case .dynamic: true
        }
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
        // A single member that others can join later; without this it would run alone.
        if isEnsemble { lines.append(ConfigurationLine("standaloneEnabled", "false")) }
        if settings.clientAddress != nil { lines.append(ConfigurationLine("quorumListenOnAllIPs", "false")) }
        if let tls = settings.tls { lines += tls.lines(keyStore: settings.keyStorePath, address: settings.clientAddress) }
        if settings.allowsReadOnly {
            lines.append(ConfigurationLine("localSessionsEnabled", "true"))
            lines.append(ConfigurationLine("localSessionsUpgradingEnabled", "true"))
        }
        if trustsMissingSnapshot { lines.append(ConfigurationLine(SnapshotTrust.key, "true")) }
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
