import EnsembleModel

/// The configuration of a fixed ensemble, `--configtype static` (contracts/exhibitor.md §7.5, §12.2), from what the
/// command line says.
public struct StaticConfiguration: Sendable {
    public var hostname: String
    /// `--staticensemble`: `1:a,2:b,3:c`.
    public var ensemble: String
    public var port = 8080
    /// Below it lie the data, the configuration and the pid file, unless the defaults file says otherwise.
    public var stateDirectory = "/var/lib/dcos/exhibitor"
    /// Content of the `--defaultconfig` file.
    public var defaults = JavaProperties()
    /// `--zoo-cfg-extra`, `key=value` each: they win over everything.
    public var extraLines: [String] = []
    public var heapMegabytes: Int?
    /// The address of the client port; nil: every address, or our own when it is a loopback address.
    public var clientAddress: String?
    public var adminPort = 8182
    public var preferencesPath: String?
    public var logLines = 1000
    public var headingText: String?
    public var assetDirectories: [String] = []
    public var stopsServerAtEnd = false
    public var superCredentials: SuperCredentials?

    public init(hostname: String, ensemble: String) {
        self.hostname = hostname
        self.ensemble = ensemble
    }

    /// - Returns: the configuration, and names in the defaults file that mean nothing, for the log.
    /// - Throws: `ConfigurationError` naming the option and what it accepts.
    public func resolve() throws(ConfigurationError) -> (configuration: ExhibitorConfiguration, unknownNames: [String]) {
        let servers = ServerList(parsing: ensemble)
        guard !servers.isEmpty else { throw .emptyEnsemble(ensemble) }
        for (index, server) in servers.servers.enumerated() {
            guard !servers.servers[..<index].contains(where: { $0.id == server.id || $0.hostname == server.hostname }) else {
                throw .duplicateMember("\(server)")
            }
        }
        guard servers.server(named: hostname) != nil else { throw .notAMember(hostname: hostname, ensemble: servers) }

        var properties = InstanceProperties(stateDirectory: stateDirectory)
        let unknownNames = try properties.overlay(defaults)
        let isLocal = ExhibitorConfiguration.isLoopback(hostname)
        if !isLocal, !properties.extraLines.contains(where: { $0.key == "quorumListenOnAllIPs" }) {
            properties.extraLines.append(ConfigurationLine("quorumListenOnAllIPs", "true"))
        }
        for text in extraLines {
            guard let line = ConfigurationLine(parsing: text) else { throw .unusableExtraLine(text) }
            properties.extraLines.removeAll { $0.key == line.key }
            properties.extraLines.append(line)
        }
        var settings = ZooKeeperSettings(
            installDirectory: properties.installDirectory, dataDirectory: properties.dataDirectory,
            logDirectory: properties.logDirectory, configDirectory: properties.configDirectory, pidPath: properties.pidPath,
            servers: servers, hostname: hostname, clientAddress: clientAddress ?? (isLocal ? hostname : nil),
            clientPort: properties.clientPort, connectPort: properties.connectPort, electionPort: properties.electionPort,
            adminAddress: isLocal ? hostname : "127.0.0.1", adminPort: adminPort, extraLines: properties.extraLines,
            javaEnvironment: properties.javaEnvironment, log4jProperties: properties.log4jProperties,
            heapMegabytes: heapMegabytes ?? HeapSize.standard)
        if let superCredentials { settings.accept(superCredentials) }
        var configuration = ExhibitorConfiguration(
            hostname: hostname, port: port, settings: settings,
            timing: MonitorTiming(checkInterval: .milliseconds(properties.checkPeriod), lines: settings.extraLines),
            logLines: logLines, preferencesPath: preferencesPath ?? stateDirectory + "/exhibitor.preferences",
            headingText: headingText, assetDirectories: assetDirectories, stopsServerAtEnd: stopsServerAtEnd)
        configuration.superCredentials = superCredentials
        return (configuration, unknownNames)
    }
}
