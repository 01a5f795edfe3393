import EnsembleModel
import FoundationEssentials

/// Where a server of this host keeps what.
public struct EnsembleLayout: Sendable, Equatable {
    /// `/var/lib/dcos/exhibitor` on a master.
    public var stateDirectory: String
    /// Snapshots are in its `version-2`.
    public var dataDirectory: String
    /// Transaction logs are in its `version-2`.
    public var logDirectory: String
    public var pidPath: String
    /// Where clients reach the server; nil when its configuration does not say.
    public var clientAddress: String?

    /// The part of the state directory that a backup holds and a restore replaces.
    public var ensembleDirectory: String { stateDirectory + "/zookeeper" }
    public var configurationPath: String { stateDirectory + "/conf/zoo.cfg" }
    public var snapshots: String { dataDirectory + "/version-2" }
    public var logs: String { logDirectory + "/version-2" }

    /// The layout of a DC/OS master.
    public init(stateDirectory: String) {
        // The server's own files name absolute paths.
        var directory = stateDirectory.hasPrefix("/") ? stateDirectory : "\(FileManager.default.currentDirectoryPath)/\(stateDirectory)"
        while directory.count > 1, directory.hasSuffix("/") { directory.removeLast() }
        self.stateDirectory = directory
        dataDirectory = directory + "/zookeeper/snapshot"
        logDirectory = directory + "/zookeeper/transactions"
        pidPath = directory + "/zk.pid"
    }

    /// The layout that the server's own configuration file names, where there is one. Blocks.
    public static func read(stateDirectory: String) -> EnsembleLayout {
        var layout = EnsembleLayout(stateDirectory: stateDirectory)
        guard let text = Files.text(layout.configurationPath) else { return layout }
        let configuration = JavaProperties(parsing: text)
        layout.apply(
            configuration, identity: Files.text((configuration["dataDir"] ?? layout.dataDirectory) + "/myid"),
            dynamic: configuration["dynamicConfigFile"].flatMap(Files.text))
        return layout
    }

    /// - identity: content of `myid`.
    /// - dynamic: content of the file of members, which holds the client's port once members were reconfigured
    ///   (contracts/exhibitor.md §13.2).
    mutating func apply(_ configuration: JavaProperties, identity: String?, dynamic: String?) {
        if let directory = configuration["dataDir"] {
            dataDirectory = directory
            logDirectory = directory
        }
        if let directory = configuration["dataLogDir"] { logDirectory = directory }
        if let port = configuration["clientPort"] {
            clientAddress = Self.address(host: configuration["clientPortAddress"], port: port)
        } else if let identity, let dynamic,
            let entry = JavaProperties(parsing: dynamic)["server." + identity.filter { !$0.isWhitespace }],
            let client = entry.split(separator: ";").dropFirst().first
        {
            let parts = client.split(separator: ":")
            clientAddress = parts.last.map { Self.address(host: parts.count > 1 ? String(parts[0]) : nil, port: String($0)) }
        }
    }

    private static func address(host: String?, port: String) -> String {
        let host = host.flatMap { $0 == "0.0.0.0" || $0.isEmpty ? nil : $0 } ?? "127.0.0.1"
        return "\(host):\(port)"
    }

    /// - Throws: `BackupError.dataElsewhere` when the directory that is handled as a whole does not hold all data.
    public func requireDataBelowStateDirectory() throws {
        for directory in [dataDirectory, logDirectory] where !directory.hasPrefix(ensembleDirectory + "/") {
            throw BackupError.dataElsewhere(directory: directory, expected: ensembleDirectory)
        }
    }
}
