import AsyncHTTPClient
import EnsembleTesting
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import Testing
import ZooKeeper

@testable import Exhibitor

/// A manager in front of a real server, and a client of each.
struct ExplorerHost: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: String

        func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
            try JSONDecoder().decode(type, from: Data(body.utf8))
        }
    }

    static let ok = #"{"message":"OK","succeeded":true}"#

    let http: HTTPClient
    let zookeeper: ZooKeeperClient
    let ensemble: TestEnsemble
    let host: String

    var base: String { "http://\(host):8181/exhibitor/v1" }

    func request(
        _ method: HTTPMethod, _ path: String, body: String? = nil, type: String? = "application/json", headers: HTTPHeaders = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: path.hasPrefix("/") ? "http://\(host):8181\(path)" : "\(base)/\(path)")
        request.method = method
        request.headers = headers
        if let body {
            request.body = .bytes(ByteBuffer(string: body))
            if let type { request.headers.replaceOrAdd(name: "content-type", value: type) }
        }
        let response = try await http.execute(request, timeout: .seconds(120))
        let content = try await response.body.collect(upTo: 64 << 20)
        return Answer(status: Int(response.status.code), headers: response.headers, body: String(buffer: content))
    }

    func get(_ path: String, headers: HTTPHeaders = [:]) async throws -> Answer {
        try await request(.GET, path, headers: headers)
    }

    func put(_ path: String, _ hex: String, headers: HTTPHeaders = [:]) async throws -> String {
        try await request(.PUT, "explorer/znode\(path)", body: hex, headers: headers).body
    }

    func delete(_ path: String) async throws -> String { try await request(.DELETE, "explorer/znode\(path)").body }

    /// Creates `count` children of a znode.
    func fill(_ parent: String, count: Int, name: @Sendable (Int) -> String) async throws {
        try await zookeeper.createWithParents(parent)
        for start in stride(from: 0, to: count, by: 500) {
            try await zookeeper.multi((start..<min(start + 500, count)).map { .create("\(parent)/\(name($0))") })
        }
    }

    /// - superCredentials: of the manager and its server.
    static func run(
        superCredentials: SuperCredentials? = nil, configure: (inout ExhibitorConfiguration) -> Void = { _ in },
        _ body: (ExplorerHost) async throws -> Void
    ) async throws {
        try await TestEnsemble.withEnsemble(servers: 1) { ensemble in
            var settings = ensemble.settings[0]
            if let superCredentials {
                await ensemble.kill(serverIndex: 0)
                settings.accept(superCredentials)
            }
            var configuration = ExhibitorConfiguration(
                hostname: settings.hostname, port: 8181, settings: settings,
                timing: MonitorTiming(checkInterval: .milliseconds(500), unhealthyLimit: .seconds(60)),
                preferencesPath: settings.configDirectory + "/preferences", assetDirectories: ["exhibitor"])
            configuration.serverLifetime = .boundToThread
            configuration.superCredentials = superCredentials
            configure(&configuration)
            let exhibitor = Exhibitor(configuration: configuration, logger: Logger(label: "test"))
            let client = ZooKeeperClient(servers: ["\(settings.hostname):2181"], operationTimeout: .seconds(60))
            let http = PeerClient.makeHTTPClient()
            let host = ExplorerHost(http: http, zookeeper: client, ensemble: ensemble, host: settings.hostname)
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await exhibitor.run() }
                    group.addTask { try await client.run() }
                    try await host.waitUntilServing()
                    try await body(host)
                    group.cancelAll()
                    do { while try await group.next() != nil {} } catch is CancellationError {}
                }
                try await http.shutdown()
            } catch {
                try await http.shutdown()
                throw error
            }
        }
    }

    private func waitUntilServing() async throws {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if let answer = try? await get("cluster/state"), answer.body.contains(#""state":3"#) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the server does not serve")
    }
}
