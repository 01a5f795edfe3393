import EnsembleModel
public import Logging
import Platform

extension ConfigurationStoreOptions {
    /// - Throws: `ConfigurationStoreOptionsError`. Nothing is contacted; only files named by options are read.
    public func makeStore(logger: Logger = Logger(label: "configuration-store")) throws -> any ConfigurationStore {
        let kind = try kind()
        try rejectForeignOptions(of: kind)
        switch kind {
        case .static: return try makeStaticStore()
        case .file: return try makeFileStore(logger: logger)
        case .none: return NoneStore(directory: try required(noneconfigdir, "--noneconfigdir", kind), logger: logger)
        case .zookeeper: return try makeZooKeeperStore(logger: logger)
        case .s3: return try makeS3Store(logger: logger)
        case .azure: return try makeAzureStore(logger: logger)
        case .gcs: return try makeGCSStore(logger: logger)
        }
    }

    /// The chosen type.
    public func kind() throws -> Kind {
        guard let configtype else { throw ConfigurationStoreOptionsError.missingType }
        guard let kind = Kind(rawValue: configtype.lowercased()) else { throw ConfigurationStoreOptionsError.unknownType(configtype) }
        return kind
    }

    /// `--s3region`, `--s3credentials` and `--s3proxy` also serve backups, whatever the type is.
    private func rejectForeignOptions(of kind: Kind) throws {
        let given: [(String, Kind, Bool)] = [
            ("--staticensemble", .static, staticensemble != nil),
            ("--fsconfigdir", .file, fsconfigdir != nil),
            ("--fsconfigname", .file, fsconfigname != nil),
            ("--fsconfiglockprefix", .file, fsconfiglockprefix != nil),
            ("--zkconfigconnect", .zookeeper, zkconfigconnect != nil),
            ("--zkconfigzpath", .zookeeper, zkconfigzpath != nil),
            ("--zkconfigretry", .zookeeper, zkconfigretry != nil),
            ("--zkconfigpollms", .zookeeper, zkconfigpollms != nil),
            ("--zkconfigexhibitorport", .zookeeper, zkconfigexhibitorport != nil),
            ("--zkconfigexhibitorpath", .zookeeper, zkconfigexhibitorpath != nil),
            ("--s3config", .s3, s3config != nil),
            ("--s3configprefix", .s3, s3configprefix != nil),
            ("--azureconfig", .azure, azureconfig != nil),
            ("--azurecredentials", .azure, azurecredentials != nil),
            ("--gcsconfig", .gcs, gcsconfig != nil),
            ("--gcsconfigprefix", .gcs, gcsconfigprefix != nil),
            ("--gcscredentials", .gcs, gcscredentials != nil),
            ("--noneconfigdir", .none, noneconfigdir != nil),
        ]
        for (option, owner, isGiven) in given where isGiven && owner != kind {
            throw ConfigurationStoreOptionsError.contradictory(option: option, type: kind.rawValue)
        }
    }

    private func makeStaticStore() throws -> StaticStore {
        let text = try required(staticensemble, "--staticensemble", .static)
        let servers = ServerList(parsing: text)
        let items = text.split(separator: ",").filter { !$0.allSatisfy(\.isWhitespace) }
        guard !servers.isEmpty, servers.servers.count == items.count else {
            throw ConfigurationStoreOptionsError.malformed(
                option: "--staticensemble", value: text, expected: "1:host,2:host,3:host, each optionally S: or O: before the id")
        }
        guard Set(servers.servers.map(\.id)).count == items.count, Set(servers.hostnames).count == items.count else {
            throw ConfigurationStoreOptionsError.malformed(
                option: "--staticensemble", value: text, expected: "every id and every host once")
        }
        return StaticStore(servers: servers)
    }

    private func makeFileStore(logger: Logger) throws -> FileStore {
        let name = fsconfigname ?? "exhibitor.properties"
        guard !name.isEmpty, !name.contains("/") else {
            throw ConfigurationStoreOptionsError.malformed(option: "--fsconfigname", value: name, expected: "a file name without slashes")
        }
        let prefix = fsconfiglockprefix ?? "exhibitor-lock-"
        guard !prefix.isEmpty, !prefix.contains("_"), !prefix.contains("/") else {
            throw ConfigurationStoreOptionsError.malformed(
                option: "--fsconfiglockprefix", value: prefix, expected: "the beginning of a file name without _ and slashes")
        }
        return FileStore(directory: fsconfigdir ?? ".", name: name, lockPrefix: prefix, logger: logger)
    }

    func required(_ value: String?, _ option: String, _ kind: Kind) throws -> String {
        guard let value, !value.isEmpty else { throw ConfigurationStoreOptionsError.missing(option: option, type: kind.rawValue) }
        return value
    }
}
