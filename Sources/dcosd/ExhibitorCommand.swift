import EnsembleModel
import ArgumentParser
import Exhibitor
import FoundationEssentials
import Logging
import Platform
import ServiceLifecycle
import UnixSignals

/// `dcosd exhibitor`: the ensemble manager of a master (contracts/exhibitor.md §12.7).
struct ExhibitorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exhibitor",
        abstract: "Supervises the ZooKeeper server of this master and answers for the ensemble on port 8181.")

    @Option(name: [.customShort("c"), .long], help: "Where the ensemble's configuration is kept: static.")
    var configtype: String

    @Option(name: .customLong("staticensemble"), help: "The members, the same text on all of them: 1:host,2:host,3:host.")
    var staticEnsemble = ""

    @Option(help: "Our name in the list of servers.")
    var hostname: String

    @Option(help: "Port of the HTTP interface, the same on all members.")
    var port = 8080

    @Option(name: .customLong("defaultconfig"), help: "Java properties file with values for the configuration.")
    var defaultConfig: String?

    @Option(name: .customLong("prefspath"), help: "File for the switches of this instance (default: <state-dir>/exhibitor.preferences).")
    var preferencesPath: String?

    @Option(name: .customLong("loglines"), help: "Entries of the activity log kept in memory.")
    var logLines = 1000

    @Option(name: .customLong("headingtext"), help: "A line shown above the page.")
    var headingText: String?

    @Option(help: "Directory of data, configuration and pid file.")
    var stateDir = "/var/lib/dcos/exhibitor"

    @Option(help: "Directory with the files of the web page.")
    var assets: String?

    @Option(help: "Maximum heap of ZooKeeper in MiB (default: an eighth of the memory, at most 1024).")
    var zkHeapMb: Int?

    @Option(help: "A line key=value of zoo.cfg; wins over every default; may be repeated.")
    var zooCfgExtra: [String] = []

    @Option(help: "Address of ZooKeeper's client port (default: all addresses; our own when it is in 127.*).")
    var zkClientAddress: String?

    @Option(help: "Port of ZooKeeper's AdminServer.")
    var zkAdminPort = 8182

    @Option(
        help: """
            File with the credentials user:password that pass every ACL of our server, readable by its owner only \
            (default: random ones in <state-dir>/super-credentials).
            """)
    var zkSuperCredentials: String?

    @Flag(help: "Stop ZooKeeper when asked to end; otherwise it lives on and is adopted at the next start.")
    var zkStopOnExit = false

    func validate() throws {
        guard configtype == "static" else { throw ValidationError("\(ConfigurationError.unknownBackEnd(configtype))") }
        guard (1...65535).contains(port) else { throw ValidationError("--port must be 1 to 65535, not \(port)") }
        if let zkHeapMb, zkHeapMb < 64 { throw ValidationError("--zk-heap-mb must be at least 64, not \(zkHeapMb)") }
    }

    func run() async throws {
        LoggingSetup.bootstrap()
        let logger = Logger(label: "exhibitor")
        let (configuration, unknownNames) = try resolve()
        for name in unknownNames {
            logger.warning("unknown name in the default configuration", metadata: ["name": "\(name)"])
        }
        let exhibitor = Exhibitor(configuration: configuration, logger: logger)
        try await ServiceGroup(
            services: [exhibitor], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
        ).run()
    }

    private func resolve() throws -> (configuration: ExhibitorConfiguration, unknownNames: [String]) {
        var options = StaticConfiguration(hostname: hostname, ensemble: staticEnsemble)
        options.port = port
        options.stateDirectory = stateDir
        if let defaultConfig {
            guard let text = try? String(contentsOfFile: defaultConfig, encoding: .utf8) else {
                throw ConfigurationError.unreadable(path: defaultConfig)
            }
            options.defaults = JavaProperties(parsing: text)
        }
        options.extraLines = zooCfgExtra
        options.heapMegabytes = zkHeapMb
        options.clientAddress = zkClientAddress
        options.adminPort = zkAdminPort
        options.preferencesPath = preferencesPath
        options.logLines = logLines
        options.headingText = headingText
        options.stopsServerAtEnd = zkStopOnExit
        options.superCredentials = try SuperCredentials.load(stateDirectory: stateDir, configuredFile: zkSuperCredentials)
        options.assetDirectories = UIAssets.standardDirectories(program: ProgramPath.current, chosen: assets)
        return try options.resolve()
    }
}
