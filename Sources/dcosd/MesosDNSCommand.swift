import ArgumentParser
import Logging
import MesosDNS
import Platform
import ServiceLifecycle
import UnixSignals

/// `dcosd mesos-dns`: the records server. Flags win over the configuration file.
struct MesosDNSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mesos-dns",
        abstract: "Answers DNS for the zone of the cluster (mesos), from ZooKeeper.",
        discussion: "Settings come from the JSON file given by --config or MESOS_DNS_CONFIG; the flags below win over it.")

    @Option(name: [.long, .customLong("config", withSingleDash: true)], help: "JSON configuration file.")
    var config: String?
    @Option(help: "zk://host:port[,host:port...]/mesos")
    var zk: String?
    @Option(help: "IPv4 address to listen on.")
    var listener: String?
    @Option(help: "Port of DNS, UDP and TCP.")
    var port: Int?
    @Option(help: "IPv4 address of the HTTP API; --listener where that alone is given.")
    var httpListener: String?
    @Option(help: "Port of the HTTP API.")
    var httpPort: Int?
    @Option(help: "The zone.")
    var domain: String?
    @Option(help: "Seconds that records may be cached.")
    var ttl: Int?
    @Option(help: "Upstream servers for other names, ip or ip:port, separated by commas; empty refuses them.")
    var resolvers: String?
    @Option(name: .customLong("ip-sources"), help: "Where task addresses come from, in order: host, netinfo, mesos, docker.")
    var ipSources: String?
    @Flag(inversion: .prefixedNo, help: "Leave unhealthy tasks out while a name has healthy ones.")
    var healthyOnly: Bool?
    @Option(help: "UDP threads.")
    var workers: Int?
    @Option(help: "Seconds of the ZooKeeper session.")
    var sessionTimeout: Int?
    @Option(name: [.customShort("v")], help: "Verbosity: 0, 1 or 2.")
    var verbosity: Int = 0
    @Flag(
        name: [.customLong("logtostderr"), .customLong("logtostderr", withSingleDash: true)],
        help: "Accepted; logs always go to standard error.")
    var logsToStandardError = false

    func run() async throws {
        LoggingSetup.bootstrap(level: verbosity == 0 ? .info : verbosity == 1 ? .debug : .trace)
        let logger = Logger(label: "mesos-dns")
        try await EnsembleConnection.prepare(logger: logger)
        let service = try MesosDNSService(configuration: try settings(), logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    private func settings() throws -> MesosDNSConfiguration {
        let environment = ProcessEnvironment.current
        var settings = MesosDNSConfiguration()
        if let path = config ?? environment["MESOS_DNS_CONFIG"] {
            settings = try MesosDNSConfiguration.load(path: path, home: environment["HOME"])
        }
        if let zk { settings.zk = zk }
        if let listener {
            settings.listener = listener
            settings.httpListener = listener
        }
        if let httpListener { settings.httpListener = httpListener }
        if let port { settings.port = port }
        if let httpPort { settings.httpPort = httpPort }
        if let domain { settings.domain = domain }
        if let ttl { settings.ttl = ttl }
        if let resolvers {
            settings.resolvers = resolvers.split(separator: ",").map(String.init)
            settings.externalOn = !settings.resolvers.isEmpty
        }
        if let ipSources { settings.ipSources = try MesosDNSConfiguration.sources(ipSources.split(separator: ",").map(String.init)) }
        if let healthyOnly { settings.healthyOnly = healthyOnly }
        if let workers { settings.workers = workers }
        if let sessionTimeout { settings.sessionTimeout = .seconds(sessionTimeout) }
        return settings
    }
}
