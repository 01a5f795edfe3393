import AppModel
import AsyncHTTPClient
import EnsembleTesting
import Logging
import NIOCore
import NIOHTTP1
import SchedulerClient
import Testing

@testable import Marathon

/// Two replicas on one ensemble; no master is there, so nothing is launched.
@Suite(.serialized) struct ReplicaTests {
    struct Answer {
        var status: Int
        var body: JSONValue
        var headers: [String: String]
    }

    struct Cluster: Sendable {
        let http: HTTPClient
        let addresses: [String]

        func send(
            _ method: String, _ path: String, _ body: String? = nil, to replica: Int = 0, contentType: String = "application/json"
        ) async throws -> Answer {
            var request = HTTPClientRequest(url: "http://\(addresses[replica])\(path)")
            request.method = .init(rawValue: method)
            if let body {
                request.headers.add(name: "Content-Type", value: contentType)
                request.body = .bytes(ByteBuffer(string: body))
            }
            let response = try await http.execute(request, timeout: .seconds(15))
            let bytes = try await response.body.collect(upTo: 4 << 20)
            let headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
            return Answer(
                status: Int(response.status.code), body: (try? JSONValue(parsing: Array(bytes.readableBytesView))) ?? .null,
                headers: headers)
        }

        /// Waits until the replica answers through a leader.
        func ready(_ replica: Int) async throws {
            let deadline = ContinuousClock.now + .seconds(30)
            while ContinuousClock.now < deadline {
                if let answer = try? await send("GET", "/v2/leader", to: replica), answer.status == 200 { return }
                try await Task.sleep(for: .milliseconds(50))
            }
            Issue.record("replica \(replica) has no leader")
        }
    }

    private func withReplicas(_ body: @Sendable @escaping (Cluster) async throws -> Void) async throws {
        let ensemble = try await TestEnsemble.start()
        let http = HTTPClient(eventLoopGroupProvider: .singleton)
        do {
            // The ensemble's address block is ours alone; so are its other ports.
            let host = String(ensemble.servers[0].prefix { $0 != ":" })
            let ports = [18080, 18081]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for port in ports {
                    var configuration = Configuration()
                    configuration.zooKeeperServers = ensemble.servers
                    configuration.sessionTimeout = .seconds(4)
                    configuration.hostname = host
                    configuration.httpAddress = host
                    configuration.httpPort = port
                    configuration.master = .fixed(MasterEndpoint(host: host, port: 1))
                    let replica = Replica(configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                    group.addTask { try await replica.run() }
                }
                let cluster = Cluster(http: http, addresses: ports.map { "\(host):\($0)" })
                for replica in ports.indices { try await cluster.ready(replica) }
                try await body(cluster)
                group.cancelAll()
            }
        } catch {
            try? await http.shutdown()
            await ensemble.stop()
            throw error
        }
        try? await http.shutdown()
        await ensemble.stop()
    }

    @Test func everyReplicaAnswersTheSame() async throws {
        try await withReplicas { cluster in
            let created = try await cluster.send("POST", "/v2/apps", #"{"id":"a/b","cmd":"sleep 1"}"#, to: 1)
            #expect(created.status == 201)
            #expect(created.body["id"]?.string == "/a/b")
            #expect(created.body["deployments"]?[0]?["id"]?.string == created.headers["marathon-deployment-id"])
            for replica in 0...1 {
                let shown = try await cluster.send("GET", "/v2/apps//a/b", to: replica)
                #expect(shown.body["app"]?["instances"]?.int == 1)
                let deployments = try await cluster.send("GET", "/v2/deployments", to: replica)
                #expect(deployments.body[0]?["affectedApps"]?[0]?.string == "/a/b")
            }
            let again = try await cluster.send("POST", "/v2/apps", #"{"id":"a/b","cmd":"sleep 1"}"#)
            #expect(again.status == 409)
            #expect(again.body["message"]?.string == "An app with id [/a/b] already exists.")
            let locked = try await cluster.send("PUT", "/v2/apps/a/b", #"{"instances":2}"#)
            #expect(locked.status == 409)
            #expect(locked.body["deployments"]?[0]?["id"]?.string == created.headers["marathon-deployment-id"])
            #expect(try await cluster.send("PUT", "/v2/apps/a/b?force=true", #"{"instances":2}"#).status == 200)

            // The next leader knows it all.
            let leader = try await cluster.send("GET", "/v2/leader").body["leader"]?.string
            #expect(try await cluster.send("DELETE", "/v2/leader").status == 200)
            let deadline = ContinuousClock.now + .seconds(20)
            while ContinuousClock.now < deadline {
                if let now = try? await cluster.send("GET", "/v2/leader").body["leader"]?.string, now != leader { break }
                try await Task.sleep(for: .milliseconds(50))
            }
            let kept = try await cluster.send("GET", "/v2/apps/a/b")
            #expect(kept.body["app"]?["instances"]?.int == 2)
            #expect(kept.body["app"]?["deployments"]?.array?.count == 1)
            #expect(try await cluster.send("GET", "/v2/apps/a/b/versions").body["versions"]?.array?.count == 2)

            #expect(try await cluster.send("DELETE", "/v2/apps/a/b").status == 200)
            #expect(try await cluster.send("GET", "/v2/apps/a/b").status == 404)
        }
    }

    @Test func badInputIsRefusedAndNothingIsStored() async throws {
        try await withReplicas { cluster in
            let cases: [(String, String, String?, Int)] = [
                ("POST", "/v2/apps", "{nope", 400), ("POST", "/v2/apps", "", 400), ("POST", "/v2/apps", #"{"id":1,"cmd":"x"}"#, 400),
                ("POST", "/v2/apps", #"{"cmd":"x"}"#, 400), ("POST", "/v2/apps", #"{"id":"a","cmd":"x","instances":0.5}"#, 400),
                ("POST", "/v2/apps", #"{"id":"UPPER","cmd":"x"}"#, 422), ("POST", "/v2/apps", #"{"id":"a"}"#, 422),
                ("POST", "/v2/apps", #"{"id":"a","cmd":"x","instances":-1}"#, 422),
                ("POST", "/v2/apps", #"{"id":"a","cmd":"x","ports":[70000]}"#, 422),
                ("POST", "/v2/apps", #"{"id":"a","cmd":""# + String(repeating: "x", count: 2_000_000) + #""}"#, 413),
                ("GET", "/v2/apps/none", nil, 404), ("PATCH", "/v2/apps/none", "{}", 404), ("DELETE", "/v2/apps/none", nil, 404),
                ("GET", "/v2/groups/none", nil, 404), ("DELETE", "/v2/deployments/none", nil, 404), ("GET", "/v2/nope", nil, 404),
                ("PUT", "/v2/info", "{}", 405), ("GET", "/v2/events", nil, 405), ("POST", "/v2/tasks/delete", #"{"ids":["xyz"]}"#, 400),
            ]
            for (method, path, body, status) in cases {
                let answer = try await cluster.send(method, path, body)
                #expect(answer.status == status, "\(method) \(path) \((body ?? "").prefix(60))")
                #expect(answer.body["message"]?.string != nil, "\(method) \(path)")
            }
            #expect(try await cluster.send("POST", "/v2/apps", "{}", contentType: "text/plain").status == 415)
            #expect(try await cluster.send("GET", "/v2/apps").body["apps"]?.array?.isEmpty == true)
        }
    }
}
