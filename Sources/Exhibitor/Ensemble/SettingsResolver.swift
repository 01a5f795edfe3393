import EnsembleModel

/// Turns the configuration that all members share into what the server of this host runs with.
public struct SettingsResolver: Sendable {
    /// What belongs to this host alone: its name, addresses, heap, credentials. The rest is replaced.
    public var template: ZooKeeperSettings
    /// Lines of `zoo.cfg` for a key which the shared configuration leaves out.
    public var fallbackLines: [ConfigurationLine]
    /// Lines of `zoo.cfg` that win over the shared configuration.
    public var overridingLines: [ConfigurationLine]

    /// Directories and pid file of this host, which win over the shared ones; for hosts that differ, and for several
    /// members on one machine.
    public var ownDirectories: InstanceConfiguration?

    public init(template: ZooKeeperSettings, fallbackLines: [ConfigurationLine] = [], overridingLines: [ConfigurationLine] = []) {
        self.template = template
        self.fallbackLines = fallbackLines
        self.overridingLines = overridingLines
    }

    /// The shared configuration with what this host has for itself.
    public func localized(_ configuration: InstanceConfiguration) -> InstanceConfiguration {
        guard let ownDirectories else { return configuration }
        var local = configuration
        local.zookeeperDataDirectory = ownDirectories.zookeeperDataDirectory
        local.zookeeperLogDirectory = ownDirectories.zookeeperLogDirectory
        local.zookeeperConfigDirectory = ownDirectories.zookeeperConfigDirectory
        local.zookeeperPidPath = ownDirectories.zookeeperPidPath
        local.logIndexDirectory = ownDirectories.logIndexDirectory
        return local
    }

    /// What `hostname` runs with while `collection` is in force.
    public func settings(for collection: ConfigurationCollection, hostname: String) -> ZooKeeperSettings {
        settings(
            for: collection.configuration(for: hostname), imposing: collection.imposedServers, isFormed: collection.isFormed)
    }

    public func settings(
        for shared: InstanceConfiguration, imposing imposed: ServerList? = nil, isFormed: Bool = false
    ) -> ZooKeeperSettings {
        let configuration = localized(shared)
        var settings = template
        settings.installDirectory = configuration.zookeeperInstallDirectory
        settings.dataDirectory = configuration.zookeeperDataDirectory
        settings.logDirectory =
            configuration.zookeeperLogDirectory.isEmpty ? configuration.zookeeperDataDirectory : configuration.zookeeperLogDirectory
        settings.configDirectory = configuration.zookeeperConfigDirectory
        settings.pidPath = configuration.zookeeperPidPath
        settings.servers = configuration.servers
        settings.imposedServers = imposed
        settings.expectedSize = configuration.autoManageInstances ? max(1, configuration.autoManageInstancesFixedEnsembleSize) : 0
        settings.isFormed = isFormed
        settings.clientPort = configuration.clientPort
        settings.connectPort = configuration.connectPort
        settings.electionPort = configuration.electionPort
        settings.javaEnvironment = configuration.javaEnvironment
        settings.log4jProperties = configuration.log4jProperties
        let overridden = Set(overridingLines.map(\.key))
        var lines = configuration.zooCfgExtra.filter { !overridden.contains($0.key) } + overridingLines
        let present = Set(lines.map(\.key))
        lines += fallbackLines.filter { !present.contains($0.key) }
        settings.extraLines = lines
        return settings
    }

    /// The shared configuration that these settings would come from.
    static func configuration(from settings: ZooKeeperSettings, timing: MonitorTiming) -> InstanceConfiguration {
        var configuration = InstanceConfiguration()
        configuration.zookeeperInstallDirectory = settings.installDirectory
        configuration.zookeeperDataDirectory = settings.dataDirectory
        configuration.zookeeperLogDirectory = settings.logDirectory
        configuration.zookeeperConfigDirectory = settings.configDirectory
        configuration.zookeeperPidPath = settings.pidPath
        configuration.logIndexDirectory = settings.logDirectory
        configuration.servers = settings.servers
        configuration.zooCfgExtra = settings.extraLines
        configuration.javaEnvironment = settings.javaEnvironment
        configuration.log4jProperties = settings.log4jProperties
        configuration.clientPort = settings.clientPort
        configuration.connectPort = settings.connectPort
        configuration.electionPort = settings.electionPort
        configuration.checkMs = Int(timing.checkInterval / .milliseconds(1))
        return configuration
    }
}
