import ArgumentParser
import EnsembleModel
import Exhibitor
import FoundationEssentials
import Logging
import Platform
import ServiceLifecycle
import SharedConfiguration
import UnixSignals

/// `dcosd exhibitor`: the ensemble manager of a master (contracts/exhibitor.md §12.7).
struct ExhibitorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exhibitor",
        abstract: "Supervises the ZooKeeper server of this master and answers for the ensemble on port 8181.")

    @Option(help: "Our name in the list of servers.")
    var hostname: String

    @Option(help: "Port of the HTTP interface, the same on all members.")
    var port = 8080

    @OptionGroup(title: "Shared configuration") var store: ConfigurationStoreArguments
    @OptionGroup(title: "Web page and HTTP interface") var page: ExhibitorPageArguments
    @OptionGroup(title: "Backups") var backups: BackupArguments
    @OptionGroup(title: "ZooKeeper server") var server: ZooKeeperServerArguments
    @OptionGroup(title: "TLS of the ZooKeeper server") var tls: ZooKeeperTLSArguments
    @OptionGroup(title: "Access to the HTTP interface") var access: ExhibitorAccessArguments

    @Option(name: .customLong("defaultconfig"), help: "Java properties file with values for keys which the store does not have.")
    var defaultConfig: String?

    @Option(name: .customLong("prefspath"), help: "File for the switches of this instance (default: <state-dir>/exhibitor.preferences).")
    var preferencesPath: String?

    @Option(help: "Directory of data, configuration and pid file.")
    var stateDir = "/var/lib/dcos/exhibitor"

    @Flag(help: "Use the directories below --state-dir, whatever the shared configuration says: for hosts that differ.")
    var ownDirectories = false

    func validate() throws {
        guard (1...65535).contains(port) else { throw ValidationError("--port must be 1 to 65535, not \(port)") }
    }

    func run() async throws {
        LoggingSetup.bootstrap()
        let logger = Logger(label: "exhibitor")
        let (configuration, unknownNames) = try resolve(logger: logger)
        for name in unknownNames {
            logger.warning("unknown name in the default configuration", metadata: ["name": "\(name)"])
        }
        for option in page.ignoredOptions {
            logger.warning("this option has no effect any more", metadata: ["option": "\(option)"])
        }
        let exhibitor = Exhibitor(configuration: configuration, logger: logger)
        // It ends by itself when it is told to over HTTP.
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: exhibitor, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
    }

    private func resolve(logger: Logger) throws -> (configuration: ExhibitorConfiguration, unknownNames: [String]) {
        var options = ExhibitorOptions(hostname: hostname, store: store.options)
        options.port = port
        options.stateDirectory = stateDir
        options.hasOwnDirectories = ownDirectories
        if let defaultConfig {
            guard let text = try? String(contentsOfFile: defaultConfig, encoding: .utf8) else {
                throw ConfigurationError.unreadable(path: defaultConfig)
            }
            options.defaults = JavaProperties(parsing: text)
        }
        options.timing.configurationPoll = .milliseconds(max(500, store.configCheckMs))
        options.preferencesPath = preferencesPath
        try page.apply(to: &options)
        options.backupProvider = try backups.provider()
        try server.apply(to: &options, stateDirectory: stateDir)
        options.tls = tls.tls
        options.access = try access.rules()
        options.managerTLS = try ManagerTLS(environment: ProcessEnvironment.current)
        return try options.resolve(logger: logger)
    }
}
