import AsyncHTTPClient
import EnsembleModel
import EnsembleTesting
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

@testable import Exhibitor

/// Managers that want certificates or passwords, in front of real servers.
@Suite(.serialized) struct SecuredManagersTests {
    private struct Managers {
        let hosts: [String]
        let scheme: String
        let client: HTTPClient

        func status(_ path: String, host index: Int = 0, user: String? = nil, with other: HTTPClient? = nil) async throws -> (
            code: Int, body: String
        ) {
            var request = HTTPClientRequest(url: "\(scheme)://\(hosts[index]):8181/exhibitor/v1/\(path)")
            if let user { request.headers.add(name: "authorization", value: "Basic " + Data(user.utf8).base64EncodedString()) }
            let response = try await (other ?? client).execute(request, timeout: .seconds(10))
            let body = try await response.body.collect(upTo: 1 << 20)
            return (Int(response.status.code), String(buffer: body))
        }

        func waitUntilAllServe(user: String? = nil) async throws {
            let end = ContinuousClock.now + .seconds(60)
            for index in hosts.indices {
                while true {
                    let answer = try? await status("cluster/status", host: index, user: user)
                    if let answer, answer.body.split(separator: "\"code\":3").count == hosts.count + 1 { break }
                    try #require(ContinuousClock.now < end, "\(String(describing: answer))")
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
        }
    }

    private func withManagers(
        servers: Int, clientTLS: TLSConfiguration? = nil,
        configure: (inout ExhibitorConfiguration) async throws -> Void, _ body: (Managers) async throws -> Void
    ) async throws {
        try await TestEnsemble.withEnsemble(servers: servers) { ensemble in
            let client = PeerClient.makeHTTPClient(tls: clientTLS)
            let managers = Managers(hosts: ensemble.settings.map(\.hostname), scheme: clientTLS == nil ? "http" : "https", client: client)
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for settings in ensemble.settings {
                        var configuration = ExhibitorConfiguration(
                            hostname: settings.hostname, port: 8181, settings: settings,
                            timing: MonitorTiming(checkInterval: .seconds(1), unhealthyLimit: .seconds(60)),
                            preferencesPath: settings.configDirectory + "/preferences", assetDirectories: ["exhibitor"])
                        configuration.serverLifetime = .boundToThread
                        try await configure(&configuration)
                        let exhibitor = Exhibitor(configuration: configuration, logger: Logger(label: "test"))
                        group.addTask { try await exhibitor.run() }
                    }
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

    @Test func membersCallEachOtherOverHTTPSWithCertificates() async throws {
        try await TestAuthority.withAuthority { authority in
            func store(_ name: String, hosts: [String] = []) async throws -> ManagerTLS.KeyStore {
                let identity = try await authority.issue(name, hosts: hosts)
                let path = "\(authority.directory)/\(name)-store.pem"
                let text = try #require(FileAccess.text(identity.key)) + #require(FileAccess.text(identity.certificate))
                try FileAccess.write(text, to: path, mode: 0o600)
                return ManagerTLS.KeyStore(path: path)
            }
            let own = try await store("operator")
            var tls = ManagerTLS(server: own)
            tls.client = own
            tls.trustStorePath = authority.path
            let clientTLS = try tls.clientConfiguration()
            try await withManagers(servers: 3, clientTLS: clientTLS) { configuration in
                var tls = ManagerTLS(server: try await store("manager-\(configuration.hostname)", hosts: [configuration.hostname]))
                tls.client = tls.server
                tls.trustStorePath = authority.path
                tls.requiresClientCertificate = true
                configuration.managerTLS = tls
            } _: { managers in
                try await managers.waitUntilAllServe()
                let remote = try await managers.status("cluster/state/\(managers.hosts[1])")
                #expect(remote.code == 200 && remote.body.contains(#""success":true"#))
                // Without a certificate nobody gets an answer.
                var bare = clientTLS
                bare.certificateChain = []
                bare.privateKey = nil
                let stranger = PeerClient.makeHTTPClient(tls: bare)
                await #expect(throws: (any Error).self) { try await managers.status("cluster/status", with: stranger) }
                try await stranger.shutdown()
            }
        }
    }

    @Test func asksForAPasswordAndLetsViewersOnlyLook() async throws {
        let users = try UserList(parsing: "ann: secret\nvic: view, viewer", path: "/u")
        try await withManagers(servers: 3) { configuration in
            configuration.access.users = users
            configuration.access.realm = "Ensemble"
            configuration.access.remoteUser = "ann"
        } _: { managers in
            try await managers.waitUntilAllServe(user: "vic:view")
            #expect(try await managers.status("cluster/status").code == 401)
            #expect(try await managers.status("cluster/status", user: "ann:wrong").code == 401)
            #expect(try await managers.status("cluster/set/backups/false", user: "vic:view").code == 403)
            // To another member: this one calls it as ann.
            let order = try await managers.status("cluster/set/backups/false/\(managers.hosts[2])", user: "ann:secret")
            #expect(order.code == 200 && order.body.contains(#""succeeded":true"#))
            let log = try await managers.status("cluster/log", user: "vic:view").body
            #expect(log.contains("by ann") && log.contains("Refused") && !log.contains("secret"))
        }
    }
}
