import Testing

@testable import ZooKeeperTunnel

@Suite struct TunnelConfigurationTests {
    @Test func isNoneWithoutASetting() throws {
        #expect(try TunnelConfiguration(environment: ["PATH": "/bin", "DCOS_ZK_TLS_CA": ""]) == nil)
    }

    @Test func checksHostsUnlessToldOtherwise() throws {
        #expect(try TunnelConfiguration(environment: ["DCOS_ZK_TLS_CA": "/ca"])?.verification == .full)
        #expect(try TunnelConfiguration(environment: ["DCOS_ZK_TLS_CA": "/ca", "DCOS_ZK_TLS_VERIFY": "chain"])?.verification == .chain)
    }

    @Test func readsEverySetting() throws {
        let environment = [
            "DCOS_ZK_TLS_CA": "/ca", "DCOS_ZK_TLS_CERTIFICATE": "/c", "DCOS_ZK_TLS_KEY": "/k", "DCOS_ZK_TLS_VERIFY": "full",
            "DCOS_ZK_TLS_PORT": "2281",
        ]
        #expect(
            try TunnelConfiguration(environment: environment)
                == TunnelConfiguration(authorityPath: "/ca", certificatePath: "/c", keyPath: "/k", port: 2281))
    }

    @Test(arguments: [
        (["DCOS_ZK_TLS_CERTIFICATE": "/c"], TunnelError.incomplete(variable: "DCOS_ZK_TLS_CERTIFICATE", needed: "DCOS_ZK_TLS_CA")),
        (["DCOS_ZK_TLS_VERIFY": "chain"], .incomplete(variable: "DCOS_ZK_TLS_VERIFY", needed: "DCOS_ZK_TLS_CA")),
        (
            ["DCOS_ZK_TLS_CA": "/ca", "DCOS_ZK_TLS_CERTIFICATE": "/c"],
            .incomplete(variable: "DCOS_ZK_TLS_CERTIFICATE", needed: "DCOS_ZK_TLS_KEY")
        ),
        (
            ["DCOS_ZK_TLS_CA": "/ca", "DCOS_ZK_TLS_KEY": "/k"],
            .incomplete(variable: "DCOS_ZK_TLS_KEY", needed: "DCOS_ZK_TLS_CERTIFICATE")
        ),
        (
            ["DCOS_ZK_TLS_CA": "/ca", "DCOS_ZK_TLS_VERIFY": "false"],
            .unusableValue(variable: "DCOS_ZK_TLS_VERIFY", value: "false", accepted: "full, chain")
        ),
        (
            ["DCOS_ZK_TLS_CA": "/ca", "DCOS_ZK_TLS_PORT": "0"],
            .unusableValue(variable: "DCOS_ZK_TLS_PORT", value: "0", accepted: "1 to 65535")
        ),
    ])
    func neverConnectsInAnotherWayThanAskedFor(environment: [String: String], error: TunnelError) {
        #expect(throws: error) { try TunnelConfiguration(environment: environment) }
    }

    @Test func readsServerAddresses() throws {
        let store = CertificateStore(configuration: TunnelConfiguration(authorityPath: "/none"))
        let named = try TunnelExit(server: "m1.example:2181", port: nil, certificates: store)
        #expect(named.host == "m1.example" && named.port == 2181)
        let moved = try TunnelExit(server: "[::1]:2181", port: 2281, certificates: store)
        #expect(moved.host == "::1" && moved.port == 2281)
        for text in ["m1", "m1:", ":2181", "m1:0", "m1:x"] {
            #expect(throws: TunnelError.notAnAddress(text)) { try TunnelExit(server: text, port: nil, certificates: store) }
        }
    }
}
