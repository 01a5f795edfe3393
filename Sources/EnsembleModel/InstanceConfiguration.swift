/// What the members of an ensemble share: the keys of contracts/exhibitor.md §7.1 as typed values.
///
/// Periods are milliseconds, as in the stored form and in the REST interface.
public struct InstanceConfiguration: Sendable, Hashable {
    /// Where the jars are; a trailing `*` picks the sub-directory with the highest version.
    public var zookeeperInstallDirectory = ""
    public var zookeeperDataDirectory = ""
    /// Empty: the data directory.
    public var zookeeperLogDirectory = ""
    public var zookeeperConfigDirectory = ""
    public var zookeeperPidPath = ""
    public var logIndexDirectory = ""
    public var servers = ServerList()
    /// Settings of the backup provider, by its own keys.
    public var backupExtra: [ConfigurationLine] = []
    /// Lines of `zoo.cfg` which win over every default, in this order.
    public var zooCfgExtra = [
        ConfigurationLine("syncLimit", "5"), ConfigurationLine("tickTime", "2000"), ConfigurationLine("initLimit", "10"),
    ]
    public var javaEnvironment = ""
    public var log4jProperties = ""
    public var clientPort = 2181
    public var connectPort = 2888
    public var electionPort = 3888
    public var checkMs = 30_000
    /// 0: off.
    public var cleanupPeriodMs = 43_200_000
    public var cleanupMaxFiles = 3
    public var backupMaxStoreMs = 86_400_000
    /// 0: off.
    public var backupPeriodMs = 60_000
    public var autoManageInstances = false
    public var autoManageInstancesSettlingPeriodMs = 180_000
    /// Standard members from which on a new one becomes an observer; 0: never.
    public var observerThreshold = 999
    /// 0: flexible.
    public var autoManageInstancesFixedEnsembleSize = 0
    public var autoManageInstancesApplyAllAtOnce = true

    public init() {}

    /// Whether a server that runs with `other` must be restarted to run with this configuration: a key marked *R*
    /// differs. The list of servers is not among them: membership changes by reconfiguration.
    public func needsRestart(from other: InstanceConfiguration) -> Bool {
        zookeeperInstallDirectory != other.zookeeperInstallDirectory || zookeeperDataDirectory != other.zookeeperDataDirectory
            || zookeeperLogDirectory != other.zookeeperLogDirectory || zookeeperConfigDirectory != other.zookeeperConfigDirectory
            || zookeeperPidPath != other.zookeeperPidPath || Set(zooCfgExtra) != Set(other.zooCfgExtra)
            || javaEnvironment != other.javaEnvironment || log4jProperties != other.log4jProperties
            || clientPort != other.clientPort || connectPort != other.connectPort || electionPort != other.electionPort
    }
}
