import AsyncHTTPClient
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import ZooKeeper

/// Who the servers of another ensemble are, as its Exhibitors tell: `GET <path>exhibitor/v1/cluster/list` of a random one
/// (contracts/exhibitor.md §3, `--zkconfigexhibitorport`, `--zkconfigexhibitorpath`, `--zkconfigpollms`).
public struct EnsembleDirectory: Sendable {
    public let port: Int
    /// Begins and ends with a slash.
    public let path: String
    public let poll: Duration
    let logger: Logger

    public init(port: Int, path: String = "/", poll: Duration = .seconds(10), logger: Logger = Logger(label: "configuration-store")) {
        self.port = port
        self.path = (path.hasPrefix("/") ? "" : "/") + path + (path.hasSuffix("/") ? "" : "/")
        self.poll = poll
        self.logger = logger
    }

    private struct Listing: Decodable {
        var servers: [String]
        var port: Int
    }

    /// Keeps the list of the client's servers up to date until the task is cancelled. While nobody answers, or the answer
    /// is empty, the list stays as it is.
    func follow(_ client: ZooKeeperClient) async {
        while !Task.isCancelled {
            let current = client.servers
            if let found = await ask(hosts: current.map(Self.host).shuffled()), Set(found) != Set(current) {
                do {
                    try await client.setServers(found)
                    logger.info("the servers of the configuration's ensemble changed", metadata: ["servers": "\(found)"])
                } catch {
                    logger.warning(
                        "cannot use the servers of the configuration's ensemble", metadata: ["servers": "\(found)", "error": "\(error)"])
                }
            }
            try? await Task.sleep(for: poll)
        }
    }

    /// `host:port` each; nil when nobody knows.
    func ask(hosts: [String]) async -> [String]? {
        for host in hosts {
            do {
                var request = HTTPClientRequest(url: "http://\(host):\(port)\(path)exhibitor/v1/cluster/list")
                request.headers.add(name: "accept", value: "application/json")
                let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
                guard response.status == .ok else { continue }
                let body = try await response.body.collect(upTo: 1 << 20)
                let listing = try JSONDecoder().decode(Listing.self, from: Data(body.readableBytesView))
                if !listing.servers.isEmpty { return listing.servers.map { "\($0):\(listing.port)" } }
            } catch is CancellationError {
                return nil
            } catch {
                logger.debug("no list of servers", metadata: ["host": "\(host)", "error": "\(error)"])
            }
        }
        return nil
    }

    private static func host(_ server: String) -> String {
        String(server[..<(server.lastIndex(of: ":") ?? server.endIndex)])
    }
}
