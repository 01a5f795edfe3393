import EnsembleModel
import EnsembleTesting
import Exhibitor
import FoundationEssentials
import Logging
import Testing
import ZooKeeper

@testable import ZooKeeperTunnel

/// A real ensemble that wants TLS, and clients that reach it through the tunnel.
@Suite(.serialized) struct TLSEnsembleTests {
    private static let port = 2281

    /// - Parameters:
    ///   - hosts: what the certificate of a server is good for, by its host name. Servers on loopback see each other come
    ///     from 127.0.0.1, and check that too.
    ///   - days: of validity of the servers' certificates.
    private func withEnsemble(
        servers: Int = 1, quorum: ServerTLS.Quorum = .off, hosts: (String) -> [String] = { [$0, "127.0.0.1"] }, days: Int = 2,
        _ body: (TestEnsemble, TestAuthority) async throws -> Void
    ) async throws {
        try await TestAuthority.withAuthority { authority in
            let adjust = { (settings: inout ZooKeeperSettings) async throws in
                let name = "server-\(settings.hostname)"
                let identity = try await authority.issue(name, hosts: hosts(settings.hostname), days: days)
                var tls = ServerTLS(certificatePath: identity.certificate, keyPath: identity.key, authorityPath: authority.path)
                tls.clientPort = Self.port
                tls.quorum = quorum
                settings.tls = tls
            }
            try await TestEnsemble.withEnsemble(servers: servers, adjust: adjust) { try await body($0, authority) }
        }
    }

    private func tunnel(
        _ authority: TestAuthority, showing identity: TestAuthority.Identity?, verification: TunnelConfiguration.Verification = .full
    ) async throws -> ZooKeeperTunnel {
        try await ZooKeeperTunnel(
            configuration: TunnelConfiguration(
                authorityPath: authority.path, certificatePath: identity?.certificate, keyPath: identity?.key,
                verification: verification, port: Self.port))
    }

    private func withClient(
        _ ensemble: TestEnsemble, _ tunnel: ZooKeeperTunnel, _ body: (ZooKeeperClient) async throws -> Void
    ) async throws {
        let client = ZooKeeperClient(
            servers: ensemble.servers, sessionTimeout: .seconds(6), operationTimeout: .seconds(20), route: tunnel,
            logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            do {
                try await body(client)
            } catch {
                client.close()
                throw error
            }
            client.close()
            try await group.waitForAll()
        }
        await tunnel.close()
    }

    /// Waits until the tunnel says why it does not reach the first server.
    private func failure(_ ensemble: TestEnsemble, _ tunnel: ZooKeeperTunnel) async throws -> String {
        var reason = ""
        try await withClient(ensemble, tunnel) { client in
            let end = ContinuousClock.now + .seconds(15)
            while tunnel.failures.isEmpty, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
            reason = try #require(tunnel.failures[ensemble.servers[0]])
            #expect(!client.sessionState.isConnected)
        }
        return reason
    }

    @Test func threeServersSpeakTLSAmongThemselvesAndWithClients() async throws {
        try await withEnsemble(servers: 3, quorum: .require) { ensemble, authority in
            let tunnel = try await tunnel(authority, showing: authority.issue("client"))
            try await withClient(ensemble, tunnel) { client in
                _ = try await client.create("/through", Data("tunnel".utf8))
                #expect(try await client.get("/through").data == Data("tunnel".utf8))
                let server = try #require(client.currentServer)
                #expect(ensemble.servers.contains(server))
                #expect(tunnel.failures.isEmpty)
            }
        }
    }

    @Test func aLargeTreeFitsThroughTheTunnel() async throws {
        try await withEnsemble { ensemble, authority in
            let tunnel = try await tunnel(authority, showing: authority.issue("client"))
            try await withClient(ensemble, tunnel) { client in
                let block = Data((0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<20 {
                        group.addTask {
                            _ = try await client.create("/large-\(index)", block)
                            #expect(try await client.get("/large-\(index)").data == block)
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func aClientMovesOnWhenTheServerBehindItsTunnelIsKilled() async throws {
        try await withEnsemble(servers: 3, quorum: .require) { ensemble, authority in
            let tunnel = try await tunnel(authority, showing: authority.issue("client"))
            try await withClient(ensemble, tunnel) { client in
                try await client.waitUntilConnected(timeout: .seconds(10))
                let session = try #require(client.sessionID)
                let first = try #require(client.currentServer)
                await ensemble.kill(serverIndex: try #require(ensemble.servers.firstIndex(of: first)))
                // A read is repeated until the session is back.
                _ = try await client.get("/")
                #expect(client.sessionID == session)
                #expect(client.currentServer != first)
            }
        }
    }

    @Test func refusesAServerWhoseCertificateComesFromAnotherAuthority() async throws {
        try await withEnsemble { ensemble, _ in
            try await TestAuthority.withAuthority { other in
                let reason = try await failure(ensemble, tunnel(other, showing: nil))
                #expect(reason == "its certificate is not signed by the CA")
            }
        }
    }

    @Test func refusesAnExpiredCertificateAndSaysSo() async throws {
        try await withEnsemble(days: -1) { ensemble, authority in
            let reason = try await failure(ensemble, tunnel(authority, showing: nil))
            #expect(reason.hasPrefix("its certificate expired on 20"))
        }
    }

    @Test func refusesACertificateForAnotherHostUnlessHostsDoNotMatter() async throws {
        try await withEnsemble(hosts: { _ in ["other.example"] }) { ensemble, authority in
            let client = try await authority.issue("client")
            let reason = try await failure(ensemble, tunnel(authority, showing: client))
            #expect(reason.hasPrefix("its certificate is for another host"))
            #expect(reason.contains("other.example"))
            try await withClient(ensemble, tunnel(authority, showing: client, verification: .chain)) { client in
                try await client.waitUntilConnected(timeout: .seconds(10))
            }
        }
    }

    @Test func saysThatTheServerWantsACertificate() async throws {
        try await withEnsemble { ensemble, authority in
            let reason = try await failure(ensemble, tunnel(authority, showing: nil))
            #expect(reason.hasPrefix("it refuses our certificate, or wants one"))
        }
    }

    @Test func saysThatAPortDoesNotSpeakTLSOrIsClosed() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await TestAuthority.withAuthority { authority in
                let reason = try await failure(ensemble, tunnel(authority, showing: nil))
                #expect(reason.contains("refused"))
                let plain = try await ZooKeeperTunnel(configuration: TunnelConfiguration(authorityPath: authority.path))
                let other = try await failure(ensemble, plain)
                #expect(other.contains("does not speak TLS") || other.contains("closed the connection"))
            }
        }
    }
}
