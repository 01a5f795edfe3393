import EnsembleModel

/// The keys of contracts/exhibitor.md §7.1 that decide how our server runs, with the defaults of a DC/OS master.
public struct InstanceProperties: Sendable, Equatable {
    public var installDirectory = "/usr/share/java"
    public var dataDirectory: String
    public var logDirectory: String
    public var configDirectory: String
    public var pidPath: String
    public var extraLines = [
        ConfigurationLine("tickTime", "2000"), ConfigurationLine("initLimit", "10"), ConfigurationLine("syncLimit", "5"),
        ConfigurationLine("maxClientCnxns", "0"),
    ]
    public var javaEnvironment = ""
    public var log4jProperties = ""
    public var clientPort = 2181
    public var connectPort = 2888
    public var electionPort = 3888
    /// Milliseconds.
    public var checkPeriod = 30_000

    /// - stateDirectory: what everything is below; `/var/lib/dcos/exhibitor` on a master.
    public init(stateDirectory: String) {
        dataDirectory = stateDirectory + "/zookeeper/snapshot"
        logDirectory = stateDirectory + "/zookeeper/transactions"
        configDirectory = stateDirectory + "/conf"
        pidPath = stateDirectory + "/zk.pid"
    }

    /// Takes over what a `--defaultconfig` file says (names without prefix).
    /// - Returns: names that no version of Exhibitor knows, for the log.
    public mutating func overlay(_ properties: JavaProperties) throws(ConfigurationError) -> [String] {
        func text(_ key: String, _ target: inout String) {
            if let value = properties[key] { target = value }
        }
        func number(_ key: String, _ target: inout Int) throws(ConfigurationError) {
            guard let value = properties[key] else { return }
            guard let number = Int(value) else { throw .notANumber(key: key, value: value) }
            target = number
        }
        text("zookeeper-install-directory", &installDirectory)
        text("zookeeper-data-directory", &dataDirectory)
        text("zookeeper-config-directory", &configDirectory)
        text("zookeeper-pid-path", &pidPath)
        text("java-environment", &javaEnvironment)
        text("log4j-properties", &log4jProperties)
        text("zookeeper-log-directory", &logDirectory)
        if logDirectory.isEmpty { logDirectory = dataDirectory }
        try number("client-port", &clientPort)
        try number("connect-port", &connectPort)
        try number("election-port", &electionPort)
        try number("check-ms", &checkPeriod)
        if let extra = properties["zoo-cfg-extra"] { extraLines = ZooKeeperExtra.parse(extra) }
        return properties.values.keys.filter { !Self.knownNames.contains($0) }.sorted()
    }

    private static let knownNames: Set = [
        "zookeeper-install-directory", "zookeeper-data-directory", "zookeeper-log-directory", "zookeeper-config-directory",
        "zookeeper-pid-path", "log-index-directory", "servers-spec", "backup-extra", "zoo-cfg-extra", "java-environment",
        "log4j-properties", "client-port", "connect-port", "election-port", "check-ms", "cleanup-period-ms",
        "cleanup-max-files", "backup-period-ms", "backup-max-store-ms", "auto-manage-instances",
        "auto-manage-instances-settling-period-ms", "observer-threshold", "auto-manage-instances-fixed-ensemble-size",
        "auto-manage-instances-apply-all-at-once",
    ]
}
