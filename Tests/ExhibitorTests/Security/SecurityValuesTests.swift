import EnsembleModel
import FoundationEssentials
import Testing

@testable import Exhibitor

@Suite struct PEMKeyStoreTests {
    private static let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
    private static let certificate = "-----BEGIN CERTIFICATE-----\nBBBB\n-----END CERTIFICATE-----\n"

    private func compose(_ key: String, _ certificates: String) throws -> String {
        try PEMKeyStore.compose(key: .init(path: "/key", text: key), certificates: .init(path: "/chain", text: certificates))
    }

    @Test func putsTheKeyBeforeTheChainAndNothingElse() throws {
        let chain = "Subject: x\n\(Self.certificate)i:y\r\n\(Self.certificate)"
        #expect(try compose("Bag attributes\n" + Self.key, chain) == Self.key + Self.certificate + Self.certificate)
    }

    @Test(arguments: ["RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"])
    func saysHowToConvertAKeyThatTheServerCannotRead(label: String) {
        let key = "-----BEGIN \(label)-----\nAAAA\n-----END \(label)-----\n"
        #expect {
            try compose(key, Self.certificate)
        } throws: { error in
            "\(error)".contains(label) && "\(error)".contains("openssl pkcs8 -topk8 -nocrypt -in /key")
        }
    }

    @Test func wantsAKeyAndACertificate() {
        #expect(throws: PEMKeyStore.Unusable.self) { try compose("", Self.certificate) }
        #expect(throws: PEMKeyStore.Unusable.self) { try compose(Self.key + Self.key, Self.certificate) }
        #expect(throws: PEMKeyStore.Unusable.self) { try compose(Self.key, Self.key) }
        #expect(throws: PEMKeyStore.Unusable.self) { try compose(Self.key, "-----BEGIN CERTIFICATE-----\nBBBB\n") }
    }
}

@Suite struct ServerTLSTests {
    private func lines(_ change: (inout ServerTLS) -> Void) -> [String: String] {
        var tls = ServerTLS(certificatePath: "/c", keyPath: "/k", authorityPath: "/ca")
        change(&tls)
        let lines = tls.lines(keyStore: "/store", address: "10.0.0.1")
        return Dictionary(lines.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func changesNothingUntilAskedFor() {
        #expect(lines { _ in }.isEmpty)
    }

    @Test func opensASecondPortForClients() {
        let lines = lines { $0.clientPort = 2281 }
        #expect(lines["serverCnxnFactory"] == "org.apache.zookeeper.server.NettyServerCnxnFactory")
        #expect(lines["secureClientPort"] == "2281" && lines["secureClientPortAddress"] == "10.0.0.1")
        #expect(lines["ssl.keyStore.location"] == "/store" && lines["ssl.keyStore.type"] == "PEM")
        #expect(lines["ssl.trustStore.location"] == "/ca" && lines["ssl.clientAuth"] == "need")
        #expect(lines["sslQuorum"] == nil)
    }

    @Test(
        arguments: [
            (.accept, "false", "true"), (.prefer, "true", "true"), (.require, "true", "false"),
        ] as [(ServerTLS.Quorum, String, String)])
    func goesThroughTheThreeStepsOfALiveSwitch(quorum: ServerTLS.Quorum, speaks: String, understandsBoth: String) {
        let lines = lines { $0.quorum = quorum }
        #expect(lines["sslQuorum"] == speaks && lines["portUnification"] == understandsBoth)
        #expect(lines["ssl.quorum.hostnameVerification"] == "true" && lines["secureClientPort"] == nil)
    }
}

@Suite struct SnapshotTrustTests {
    @Test func trustsLogsAloneAtTheFirstStartOnly() {
        #expect(SnapshotTrust.isNeeded(data: ["log.1", "currentEpoch"], previous: nil))
        #expect(!SnapshotTrust.isNeeded(data: ["log.1", "currentEpoch"], previous: "dataDir=/d\n"))
    }

    @Test func triesAgainWhenTheFirstStartFailed() {
        #expect(SnapshotTrust.isNeeded(data: ["log.1"], previous: "dataDir=/d\nsnapshot.trust.empty=true\n"))
    }

    @Test func isNotNeededWithASnapshotOrWithoutData() {
        #expect(!SnapshotTrust.isNeeded(data: ["log.1", "snapshot.0"], previous: nil))
        #expect(!SnapshotTrust.isNeeded(data: [], previous: nil))
    }
}

@Suite struct UserListTests {
    private func header(_ pair: String) -> String { "Basic " + Data(pair.utf8).base64EncodedString() }

    @Test func readsUsersAndRoles() throws {
        let list = try UserList(parsing: "# who\n\nann: s:e cret, admin\n bob:MD5:5ebe2294ecd0e0f08eab7690d2a6ee69 , viewer\n", path: "/u")
        #expect(list.user(authorization: header("ann:s:e cret"))?.isViewer == false)
        #expect(list.user(authorization: header("bob:secret"))?.isViewer == true)
    }

    @Test func letsNobodyElseIn() throws {
        let list = try UserList(parsing: "ann: secret\nbob: MD5:5ebe2294ecd0e0f08eab7690d2a6ee69", path: "/u")
        for pair in [
            "ann:", "ann:Secret", "ann", "eve:secret", ":secret", "bob:5ebe2294ecd0e0f08eab7690d2a6ee69",
            "bob:MD5:5ebe2294ecd0e0f08eab7690d2a6ee69",
        ] {
            #expect(list.user(authorization: header(pair)) == nil, "\(pair)")
        }
        for text in [nil, "", "Basic", "Basic ???", "token=ann:secret", "Bearer " + Data("ann:secret".utf8).base64EncodedString()] {
            #expect(list.user(authorization: text) == nil)
        }
    }

    @Test(arguments: [("ann", 1), ("ann: secret\nbob:", 2), (": x", 1), ("ann: a\nann: b", 2)])
    func refusesAFileItDoesNotUnderstand(text: String, line: Int) {
        #expect(throws: UserListError.malformed(path: "/u", line: line)) { try UserList(parsing: text, path: "/u") }
    }

    @Test func refusesAFileWithoutUsers() {
        #expect(throws: UserListError.empty(path: "/u")) { try UserList(parsing: "# nobody\n", path: "/u") }
    }

    @Test func callsOthersAsAUser() throws {
        let list = try UserList(parsing: "ann: secret\nbob: MD5:00", path: "/u")
        #expect(list.authorization(of: "ann") == header("ann:secret"))
        #expect(list.authorization(of: "bob") == nil && list.authorization(of: "eve") == nil)
    }
}

@Suite struct AccessRulesTests {
    @Test func withoutUsersNobodyIsAsked() {
        #expect(AccessRules().decide(isMutation: true, user: nil) == .allowed)
    }

    @Test func withUsersEverybodyNeedsAPasswordAndViewersOnlyLook() throws {
        var rules = AccessRules()
        let users = try UserList(parsing: "ann: a\nvic: v, viewer", path: "/u")
        rules.users = users
        #expect(rules.decide(isMutation: false, user: nil) == .unknown)
        #expect(rules.decide(isMutation: true, user: users.users["ann"]) == .allowed)
        #expect(rules.decide(isMutation: false, user: users.users["vic"]) == .allowed)
        #expect(rules.decide(isMutation: true, user: users.users["vic"]) == .refused("vic may look, but not change anything"))
    }
}

@Suite struct ManagerTLSTests {
    @Test func isNoneWithoutAServerKeyStore() throws {
        #expect(try ManagerTLS(environment: ["EXHIBITOR_TLS_VERIFY_PEER_CERT": "true"]) == nil)
        #expect(throws: ManagerTLSError.incomplete(variable: "EXHIBITOR_TLS_TRUSTSTORE_PATH")) {
            try ManagerTLS(environment: ["EXHIBITOR_TLS_TRUSTSTORE_PATH": "/t"])
        }
    }

    @Test func takesTheNamesOfLaterVersions() throws {
        let tls = try #require(
            try ManagerTLS(environment: [
                "EXHIBITOR_TLS_SERVER_KEYSTORE_PATH": "/s", "EXHIBITOR_TLS_SERVER_KEYSTORE_PASSWORD": "p",
                "EXHIBITOR_TLS_CLIENT_KEYSTORE_PATH": "/c",
                "EXHIBITOR_TLS_TRUSTSTORE_PATH": "/t", "EXHIBITOR_TLS_REQUIRE_CLIENT_CERT": "true",
                "EXHIBITOR_TLS_VERIFY_PEER_CERT": "false",
            ]))
        #expect(tls.server == ManagerTLS.KeyStore(path: "/s", password: "p") && tls.client == ManagerTLS.KeyStore(path: "/c"))
        #expect(tls.trustStorePath == "/t" && tls.requiresClientCertificate && !tls.verifiesPeers)
    }

    @Test func saysWhatIsWrongWithAStore() throws {
        let path = "\(FileManager.default.temporaryDirectory.path)/store-\(UInt32.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data([0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2]).write(to: URL(filePath: path))
        #expect {
            try ManagerTLS(server: .init(path: path)).serverConfiguration()
        } throws: { "\($0)".contains("Java key store") && "\($0)".contains("openssl pkcs12") }
    }
}
