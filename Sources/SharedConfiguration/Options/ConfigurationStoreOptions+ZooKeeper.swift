import Logging
import ZooKeeper

extension ConfigurationStoreOptions {
    func makeZooKeeperStore(logger: Logger) throws -> ZooKeeperStore {
        let text = try required(zkconfigconnect, "--zkconfigconnect", .zookeeper)
        let zpath = try required(zkconfigzpath, "--zkconfigzpath", .zookeeper)
        let connect: ConnectString
        do {
            connect = try ConnectString(text)
        } catch {
            throw ConfigurationStoreOptionsError.malformed(option: "--zkconfigconnect", value: text, expected: "host:port,host:port,...")
        }
        guard connect.path.isEmpty else {
            throw ConfigurationStoreOptionsError.malformed(
                option: "--zkconfigconnect", value: "\(connect)", expected: "no path; that is --zkconfigzpath")
        }
        guard zpath.hasPrefix("/"), !zpath.contains("//") else {
            throw ConfigurationStoreOptionsError.malformed(option: "--zkconfigzpath", value: zpath, expected: "a path that begins with /")
        }
        let client = ZooKeeperClient(
            servers: connect.hosts, sessionTimeout: .milliseconds(try positive(timeout, "--timeout") ?? 30_000),
            operationTimeout: try retryPatience(), credentials: connect.credentials, logger: logger)
        return ZooKeeperStore(client: client, zpath: zpath, directory: try ensembleDirectory(logger: logger), logger: logger)
    }

    /// The original tries `retries` times more with a pause before each; so long we wait for a connection.
    private func retryPatience() throws -> Duration {
        let text = zkconfigretry ?? "1000:3"
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let pause = parts[0], let retries = parts[1], pause > 0, retries >= 0, pause <= 600_000, retries <= 1000
        else {
            throw ConfigurationStoreOptionsError.malformed(option: "--zkconfigretry", value: text, expected: "milliseconds:retries")
        }
        return .milliseconds(pause * (retries + 1))
    }

    private func ensembleDirectory(logger: Logger) throws -> EnsembleDirectory? {
        guard let port = zkconfigexhibitorport else { return nil }
        guard (1...65535).contains(port) else {
            throw ConfigurationStoreOptionsError.malformed(option: "--zkconfigexhibitorport", value: "\(port)", expected: "1 to 65535")
        }
        return EnsembleDirectory(
            port: port, path: zkconfigexhibitorpath ?? "/", poll: .milliseconds(try positive(zkconfigpollms, "--zkconfigpollms") ?? 10_000),
            logger: logger)
    }

    private func positive(_ value: Int?, _ option: String) throws -> Int? {
        guard let value else { return nil }
        guard value > 0 else {
            throw ConfigurationStoreOptionsError.malformed(option: option, value: "\(value)", expected: "milliseconds, more than 0")
        }
        return value
    }
}
