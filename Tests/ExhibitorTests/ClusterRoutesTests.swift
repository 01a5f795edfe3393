import AsyncHTTPClient
import EnsembleTesting
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Platform
import Synchronization
import Testing

@testable import Exhibitor

/// The HTTP interface in front of a real ensemble of three, each member with a manager of its own.
@Suite(.serialized) struct ClusterRoutesTests {
    private struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let body: String
    }

    private struct Managers {
        let hosts: [String]
        let port: Int
        let ensemble: TestEnsemble
        let client: HTTPClient

        func get(_ path: String, host index: Int = 0, headers: HTTPHeaders = [:], method: HTTPMethod = .GET) async throws -> Answer {
            var request = HTTPClientRequest(url: "http://\(hosts[index]):\(port)\(path)")
            request.method = method
            request.headers = headers
            let response = try await client.execute(request, timeout: .seconds(10))
            let body = try await response.body.collect(upTo: 1 << 20)
            return Answer(status: Int(response.status.code), headers: response.headers, body: String(buffer: body))
        }
    }

    private static func withManagers(_ body: (Managers) async throws -> Void) async throws {
        try await TestEnsemble.withEnsemble(servers: 3) { ensemble in
            let hosts = ensemble.settings.map(\.hostname)
            let client = PeerClient.makeHTTPClient()
            let managers = Managers(hosts: hosts, port: 8181, ensemble: ensemble, client: client)
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for settings in ensemble.settings {
                        var configuration = ExhibitorConfiguration(
                            hostname: settings.hostname, port: 8181, settings: settings,
                            timing: MonitorTiming(checkInterval: .seconds(1), unhealthyLimit: .seconds(60)),
                            preferencesPath: settings.configDirectory + "/preferences", assetDirectories: ["exhibitor"])
                        configuration.serverLifetime = .boundToThread
                        let exhibitor = Exhibitor(configuration: configuration, logger: Logger(label: "test"))
                        group.addTask { try await exhibitor.run() }
                    }
                    try await waitUntilAllServe(managers)
                    try await body(managers)
                    group.cancelAll()
                    do { for try await _ in group {} } catch is CancellationError {}
                }
                try await client.shutdown()
            } catch {
                try await client.shutdown()
                throw error
            }
        }
    }

    private static func waitUntilAllServe(_ managers: Managers) async throws {
        let end = ContinuousClock.now + .seconds(60)
        for index in managers.hosts.indices {
            while ContinuousClock.now < end {
                let answer = try? await managers.get("/exhibitor/v1/cluster/status", host: index)
                if let answer, answer.body.split(separator: "\"code\":3").count == 4 { break }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    @Test func answersInTheShapesOfTheContract() async throws {
        try await Self.withManagers { managers in
            let base = "/exhibitor/v1/cluster"
            let hosts = managers.hosts
            let leader = try await managers.ensemble.leaderIndex()

            let expected = hosts.indices.map { index in
                #"{"code":3,"description":"serving","hostname":"\#(hosts[index])","isLeader":\#(index == leader)}"#
            }.joined(separator: ",")
            for index in hosts.indices {
                let status = try await managers.get("\(base)/status", host: index)
                #expect(status.status == 200)
                #expect(status.headers.first(name: "content-type") == "application/json")
                #expect(status.body == "[\(expected)]")
            }

            let state =
                #"{"description":"serving","isLeader":\#(leader == 1),"state":3,"switches":{"backups":true,"cleanup":true,"restarts":true}}"#
            #expect(try await managers.get("\(base)/state?ts=1", host: 1).body == state)
            let envelope = #"{"errorMessage":"","response":\#(state),"success":true}"#
            #expect(try await managers.get("\(base)/state/\(hosts[1])", host: 0).body == envelope)
            #expect(try await managers.get("\(base)/state/localhost", host: 1).body == envelope)
            #expect(
                try await managers.get("\(base)/state/10.9.9.9").body
                    == #"{"errorMessage":"Unknown host","response":{},"success":false}"#)
            #expect(
                try await managers.get("\(base)/log/10.9.9.9").body
                    == #"{"errorMessage":"Unknown host","response":"{}","success":false}"#)

            let names = hosts.map { "\"\($0)\"" }.joined(separator: ",")
            #expect(try await managers.get("\(base)/list").body == #"{"port":2181,"servers":[\#(names)]}"#)
            let form = try await managers.get("\(base)/list", headers: ["accept": "application/x-www-form-urlencoded"])
            #expect(form.body == "count=3&server0=\(hosts[0])&server1=\(hosts[1])&server2=\(hosts[2])&port=2181")
            #expect(form.headers.first(name: "content-type") == "application/x-www-form-urlencoded")
            #expect(try await managers.get("\(base)/list", headers: ["accept": "text/xml"]).status == 406)

            #expect(try await managers.get("\(base)/4ltr/RUOK").body == #""imok""#)
            #expect(try await managers.get("\(base)/4ltr/kill").body == #""* unknown *""#)
            for index in [0, 2] {
                #expect(
                    try await managers.get("\(base)/4ltr/ruok/\(hosts[index])").body
                        == #"{"errorMessage":"","response":"\"imok\"","success":true}"#)
            }
            #expect(try await managers.get("\(base)/log").body.contains(#"\tINFO\tState: serving"#))

            #expect(try await managers.get("/exhibitor/v1/nothing").status == 404)
            let wrong = try await managers.get("\(base)/status", method: .DELETE)
            #expect(wrong.status == 405)
            #expect(wrong.headers.first(name: "allow") == "GET")
            #expect(wrong.body == #"{"message":"Method Not Allowed","succeeded":false}"#)
        }
    }

    @Test func carriesOutOrders() async throws {
        try await Self.withManagers { managers in
            let base = "/exhibitor/v1/cluster"
            let hosts = managers.hosts
            let ok = #"{"message":"OK","succeeded":true}"#
            let okElsewhere = #"{"errorMessage":"","response":\#(ok),"success":true}"#

            #expect(try await managers.get("\(base)/set/nonsense/true").body == #"{"message":"Not found","succeeded":false}"#)
            #expect(try await managers.get("\(base)/set/Re_starts/no/\(hosts[2])").body == okElsewhere)
            #expect(try await managers.get("\(base)/state", host: 2).body.contains(#""restarts":false"#))
            #expect(FileAccess.text(managers.ensemble.settings[2].configDirectory + "/preferences")?.contains("restarts=false") == true)

            #expect(try await managers.get("\(base)/stop", host: 2, headers: ["origin": "http://evil.example"]).status == 403)
            let own = "http://\(hosts[2]):8181"
            #expect(try await managers.get("\(base)/stop", host: 2, headers: ["origin": own], method: .POST).body == ok)
            try await wait(for: #"{"code":1,"description":"down","hostname":"\#(hosts[2])","isLeader":false}"#, managers)
            #expect(try await managers.get("\(base)/4ltr/srvr", host: 2).body == #""""#)
            #expect(try await managers.get("\(base)/start/\(hosts[2])").body == okElsewhere)
            try await wait(for: #"{"code":3,"description":"serving","hostname":"\#(hosts[2])","isLeader":false}"#, managers)
        }
    }

    private func wait(for text: String, _ managers: Managers, _ location: SourceLocation = #_sourceLocation) async throws {
        let end = ContinuousClock.now + .seconds(60)
        var body = ""
        while ContinuousClock.now < end {
            body = try await managers.get("/exhibitor/v1/cluster/status").body
            if body.contains(text) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("\(text) did not come; last: \(body)", sourceLocation: location)
    }

    @Test func servesThePage() async throws {
        try await Self.withManagers { managers in
            let redirect = try await managers.get("/")
            #expect(redirect.status == 302)
            #expect(redirect.headers.first(name: "location") == "exhibitor/v1/ui/index.html")
            let page = try await managers.get("/exhibitor/v1/ui/index.html")
            #expect(page.status == 200)
            #expect(page.body.contains("Exhibitor for ZooKeeper"))
            #expect(page.headers.first(name: "content-security-policy")?.contains("script-src 'self'") == true)
            let tag = try #require(page.headers.first(name: "etag"))
            #expect(try await managers.get("/exhibitor/v1/ui/index.html", headers: ["if-none-match": tag]).status == 304)
            #expect(try await managers.get("/exhibitor/v1/ui/../../etc/passwd").status == 404)

            let request = HTTPClientRequest(url: "http://\(managers.hosts[0]):8181/exhibitor/v1/ui/events")
            let feed = try await managers.client.execute(request, timeout: .seconds(10))
            #expect(feed.headers.first(name: "content-type") == "text/event-stream")
            var first = ""
            for try await chunk in feed.body {
                first += String(buffer: chunk)
                if first.contains("}\n\n") { break }
            }
            #expect(first.contains("event: status\ndata: {"))
            #expect(first.contains(#""description":"serving""#))
        }
    }
}
