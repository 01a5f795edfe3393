import EnsembleModel

/// What the shared configuration says about backups, for one host.
public struct BackupSettings: Sendable, Hashable {
    /// Where snapshots and logs are; `version-2` is below them.
    public var dataDirectory: String
    public var logDirectory: String
    /// `backup-period-ms`; 0 or less: no backups.
    public var periodMs: Int
    /// `backup-max-store-ms`.
    public var maxStoreMs: Int
    /// `backup-extra`: the provider's settings by its keys.
    public var extra: [ConfigurationLine]

    /// - configuration: its keys `backup-*` count.
    public init(_ configuration: InstanceConfiguration, dataDirectory: String, logDirectory: String) {
        self.dataDirectory = dataDirectory
        self.logDirectory = logDirectory.isEmpty ? dataDirectory : logDirectory
        periodMs = configuration.backupPeriodMs
        maxStoreMs = configuration.backupMaxStoreMs
        extra = configuration.backupExtra
    }

    /// - server: whose files they are.
    public init(_ configuration: InstanceConfiguration, of server: ZooKeeperSettings) {
        self.init(configuration, dataDirectory: server.dataDirectory, logDirectory: server.logDirectory)
    }

    /// The value of one of the provider's settings; nil when neither the configuration nor a default has one.
    func value(_ key: String, of provider: BackupProvider) -> String? {
        provider.fields(with: extra).first { $0.key == key }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// Between two rounds; nil: no rounds.
    var period: Duration? { periodMs > 0 ? .milliseconds(periodMs) : nil }
    /// Between two looks for old versions, milliseconds.
    var pruneIntervalMs: Int64 { Int64(maxStoreMs) / 3 }
}
