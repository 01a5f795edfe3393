import ArgumentParser
import SharedConfiguration

/// The options that say where the shared configuration is kept (contracts/exhibitor.md §7.5).
struct ConfigurationStoreArguments: ParsableArguments {
    @Option(name: [.customShort("c"), .customLong("configtype")], help: "static, file, zookeeper, s3, azure, gcs or none.")
    var configType: String?

    @Option(name: .customLong("configcheckms"), help: "Milliseconds between looks at the shared configuration.")
    var configCheckMs = 30_000

    @Option(name: .customLong("staticensemble"), help: "static: the members, the same text on all of them: 1:host,2:host,3:host.")
    var staticEnsemble: String?

    @Option(name: .customLong("fsconfigdir"), help: "file: the shared directory (default: the working directory).")
    var fsConfigDirectory: String?

    @Option(name: .customLong("fsconfigname"), help: "file: name of the file (default: exhibitor.properties).")
    var fsConfigName: String?

    @Option(name: .customLong("fsconfiglockprefix"), help: "file: beginning of the names of lock files (default: exhibitor-lock-).")
    var fsConfigLockPrefix: String?

    @Option(name: .customLong("zkconfigconnect"), help: "zookeeper: host:port,host:port of another ensemble.")
    var zkConfigConnect: String?

    @Option(name: .customLong("zkconfigzpath"), help: "zookeeper: the path below which the configuration is kept.")
    var zkConfigPath: String?

    @Option(name: .customLong("zkconfigretry"), help: "zookeeper: milliseconds and number of retries (default: 1000:3).")
    var zkConfigRetry: String?

    @Option(
        name: .customLong("zkconfigpollms"),
        help: "zookeeper: milliseconds between looks at the other ensemble's Exhibitors (default: 10000).")
    var zkConfigPollMs: Int?

    @Option(name: .customLong("zkconfigexhibitorport"), help: "zookeeper: port of the other ensemble's Exhibitors.")
    var zkConfigExhibitorPort: Int?

    @Option(name: .customLong("zkconfigexhibitorpath"), help: "zookeeper: path of the other ensemble's Exhibitors (default: /).")
    var zkConfigExhibitorPath: String?

    @Option(name: .customLong("s3config"), help: "s3: bucket:key.")
    var s3Config: String?

    @Option(name: .customLong("s3configprefix"), help: "s3: beginning of the names of lock objects (default: exhibitor-).")
    var s3ConfigPrefix: String?

    @Option(name: .customLong("s3region"), help: "Region or endpoint URL of S3, also for backups.")
    var s3Region: String?

    @Option(name: .customLong("s3credentials"), help: "Properties file with the keys of S3 (default: environment, then instance role).")
    var s3Credentials: String?

    @Option(name: .customLong("s3proxy"), help: "Properties file with the proxy for S3.")
    var s3Proxy: String?

    @Option(name: .customLong("azureconfig"), help: "azure: container:blob.")
    var azureConfig: String?

    @Option(name: .customLong("azurecredentials"), help: "azure: properties file with the account's name and key.")
    var azureCredentials: String?

    @Option(name: .customLong("gcsconfig"), help: "gcs: bucket:object.")
    var gcsConfig: String?

    @Option(name: .customLong("gcsconfigprefix"), help: "gcs: beginning of the names of lock objects (default: exhibitor-).")
    var gcsConfigPrefix: String?

    @Option(name: .customLong("gcscredentials"), help: "gcs: properties file of the service account.")
    var gcsCredentials: String?

    @Option(name: .customLong("noneconfigdir"), help: "none: directory of the configuration of an instance that stands alone.")
    var noneConfigDirectory: String?

    var options: ConfigurationStoreOptions {
        var options = ConfigurationStoreOptions(configtype: configType)
        options.staticensemble = staticEnsemble
        options.fsconfigdir = fsConfigDirectory
        options.fsconfigname = fsConfigName
        options.fsconfiglockprefix = fsConfigLockPrefix
        options.zkconfigconnect = zkConfigConnect
        options.zkconfigzpath = zkConfigPath
        options.zkconfigretry = zkConfigRetry
        options.zkconfigpollms = zkConfigPollMs
        options.zkconfigexhibitorport = zkConfigExhibitorPort
        options.zkconfigexhibitorpath = zkConfigExhibitorPath
        options.s3config = s3Config
        options.s3configprefix = s3ConfigPrefix
        options.s3region = s3Region
        options.s3credentials = s3Credentials
        options.s3proxy = s3Proxy
        options.azureconfig = azureConfig
        options.azurecredentials = azureCredentials
        options.gcsconfig = gcsConfig
        options.gcsconfigprefix = gcsConfigPrefix
        options.gcscredentials = gcsCredentials
        options.noneconfigdir = noneConfigDirectory
        return options
    }

    func validate() throws {
        guard configType != nil else {
            throw ValidationError(
                "--configtype is missing: \(ConfigurationStoreOptions.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        do { _ = try options.kind() } catch { throw ValidationError("\(error)") }
    }
}
