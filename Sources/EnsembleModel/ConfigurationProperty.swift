/// One key of the shared configuration: its property name, its JSON name, and how its value is read and written as text
/// (contracts/exhibitor.md §7.1).
public enum ConfigurationProperty: String, Sendable, CaseIterable {
    case zookeeperInstallDirectory = "zookeeper-install-directory"
    case zookeeperDataDirectory = "zookeeper-data-directory"
    case zookeeperLogDirectory = "zookeeper-log-directory"
    case zookeeperConfigDirectory = "zookeeper-config-directory"
    case zookeeperPidPath = "zookeeper-pid-path"
    case logIndexDirectory = "log-index-directory"
    case serversSpec = "servers-spec"
    case backupExtra = "backup-extra"
    case zooCfgExtra = "zoo-cfg-extra"
    case javaEnvironment = "java-environment"
    case log4jProperties = "log4j-properties"
    case clientPort = "client-port"
    case connectPort = "connect-port"
    case electionPort = "election-port"
    case checkMs = "check-ms"
    case cleanupPeriodMs = "cleanup-period-ms"
    case cleanupMaxFiles = "cleanup-max-files"
    case backupMaxStoreMs = "backup-max-store-ms"
    case backupPeriodMs = "backup-period-ms"
    case autoManageInstances = "auto-manage-instances"
    case autoManageInstancesSettlingPeriodMs = "auto-manage-instances-settling-period-ms"
    case observerThreshold = "observer-threshold"
    case autoManageInstancesFixedEnsembleSize = "auto-manage-instances-fixed-ensemble-size"
    case autoManageInstancesApplyAllAtOnce = "auto-manage-instances-apply-all-at-once"

    /// `servers-spec` → `serversSpec`.
    public var jsonName: String {
        var result = ""
        for (index, part) in rawValue.split(separator: "-").enumerated() {
            result += index == 0 ? String(part) : part.prefix(1).uppercased() + part.dropFirst()
        }
        return result
    }

    /// How the value of a key is to be understood.
    public enum Value: Sendable {
        case text(any WritableKeyPath<InstanceConfiguration, String> & Sendable)
        case number(any WritableKeyPath<InstanceConfiguration, Int> & Sendable)
        case flag(any WritableKeyPath<InstanceConfiguration, Bool> & Sendable)
        case lines(any WritableKeyPath<InstanceConfiguration, [ConfigurationLine]> & Sendable)
        case servers
    }

    public var value: Value {
        switch self {
        case .zookeeperInstallDirectory: .text(\.zookeeperInstallDirectory)
        case .zookeeperDataDirectory: .text(\.zookeeperDataDirectory)
        case .zookeeperLogDirectory: .text(\.zookeeperLogDirectory)
        case .zookeeperConfigDirectory: .text(\.zookeeperConfigDirectory)
        case .zookeeperPidPath: .text(\.zookeeperPidPath)
        case .logIndexDirectory: .text(\.logIndexDirectory)
        case .serversSpec: .servers
        case .backupExtra: .lines(\.backupExtra)
        case .zooCfgExtra: .lines(\.zooCfgExtra)
        case .javaEnvironment: .text(\.javaEnvironment)
        case .log4jProperties: .text(\.log4jProperties)
        case .clientPort: .number(\.clientPort)
        case .connectPort: .number(\.connectPort)
        case .electionPort: .number(\.electionPort)
        case .checkMs: .number(\.checkMs)
        case .cleanupPeriodMs: .number(\.cleanupPeriodMs)
        case .cleanupMaxFiles: .number(\.cleanupMaxFiles)
        case .backupMaxStoreMs: .number(\.backupMaxStoreMs)
        case .backupPeriodMs: .number(\.backupPeriodMs)
        case .autoManageInstances: .flag(\.autoManageInstances)
        case .autoManageInstancesSettlingPeriodMs: .number(\.autoManageInstancesSettlingPeriodMs)
        case .observerThreshold: .number(\.observerThreshold)
        case .autoManageInstancesFixedEnsembleSize: .number(\.autoManageInstancesFixedEnsembleSize)
        case .autoManageInstancesApplyAllAtOnce: .flag(\.autoManageInstancesApplyAllAtOnce)
        }
    }
}

extension InstanceConfiguration {
    /// The value of a key in its stored form.
    public subscript(property: ConfigurationProperty) -> String {
        get {
            switch property.value {
            case .text(let path): self[keyPath: path]
            case .number(let path): "\(self[keyPath: path])"
            case .flag(let path): self[keyPath: path] ? "1" : "0"
            case .lines(let path): ZooKeeperExtra.text(self[keyPath: path])
            case .servers: servers.description
            }
        }
        set {
            switch property.value {
            case .text(let path): self[keyPath: path] = newValue
            // What is no number counts as 0, as in the original.
            case .number(let path): self[keyPath: path] = Int(newValue) ?? 0
            case .flag(let path): self[keyPath: path] = (Int(newValue) ?? 0) != 0
            case .lines(let path): self[keyPath: path] = ZooKeeperExtra.parse(newValue)
            case .servers: servers = ServerList(parsing: newValue)
            }
        }
    }
}
