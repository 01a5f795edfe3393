import HTTPTypes
import Testing

@testable import Exhibitor

@Suite struct MutationGuardTests {
    @Test(arguments: [
        ("PUT", "/exhibitor/v1/explorer/znode/a"), ("DELETE", "/exhibitor/v1/explorer/znode/a"), ("POST", "/exhibitor/v1/config/set"),
        ("POST", "/exhibitor/v1/config/set-rolling"), ("GET", "/exhibitor/v1/config/rollback-rolling"),
        ("GET", "/exhibitor/v1/cluster/restart"), ("GET", "//exhibitor//v1/cluster/stop/host"), ("HEAD", "/exhibitor/v1/cluster/stop"),
        ("GET", "/exhibitor/v1/cluster/set/restarts/false"), ("GET", "/exhibitor/v1/index/new-index"),
        ("DELETE", "/exhibitor/v1/index/name"), ("POST", "/exhibitor/v1/index/restore"), ("GET", "/exhibitor/v1/ui/shutdown"),
        ("POST", "/"), ("PATCH", "/anything"),
    ])
    func changesAreKnown(_ method: String, _ path: String) throws {
        #expect(MutationRequest.isMutation(try #require(HTTPRequest.Method(rawValue: method)), path: path))
    }

    @Test(arguments: [
        ("GET", "/"), ("GET", "/exhibitor/v1/cluster/status"), ("GET", "/exhibitor/v1/cluster/state"),
        ("POST", "/exhibitor/v1/explorer/analyze"), ("POST", "/exhibitor/v1/explorer/usage-listing"),
        ("POST", "/exhibitor/v1/index/cache-search"), ("GET", "/exhibitor/v1/config/get-state"), ("OPTIONS", "/exhibitor/v1/config/set"),
        ("GET", "/exhibitor/v1/index/get-backups"), ("GET", "/metrics"), ("GET", "/other/v1/cluster/restart"),
    ])
    func readsAreKnown(_ method: String, _ path: String) throws {
        #expect(!MutationRequest.isMutation(try #require(HTTPRequest.Method(rawValue: method)), path: path))
    }

    @Test(
        arguments: [
            ("127.0.0.1", nil), ("127.8.9.10", "10.0.0.1"), ("::1", nil), ("::ffff:127.0.0.1", nil), ("10.0.0.1", "10.0.0.1"),
            ("::ffff:10.0.0.1", "10.0.0.1"), ("FE80::1", "fe80::1"),
        ] as [(String, String?)])
    func thisHostIsOurs(_ remote: String, _ local: String?) {
        #expect(MutationGuard.isOurs(remote, local: local))
    }

    @Test(arguments: [("10.0.0.2", "10.0.0.1"), ("128.0.0.1", nil), ("127.evil", nil), ("::2", "::1")] as [(String, String?)])
    func otherHostsAreNot(_ remote: String, _ local: String?) {
        #expect(!MutationGuard.isOurs(remote, local: local))
    }

    @Test func membersAreKnownByNameAndAddress() async {
        let members = MemberAddresses { ["10.0.0.1", "localhost", "no-such-host.invalid"] }
        #expect(await members.contains("10.0.0.1"))
        #expect(await !members.contains("10.0.0.2"))
        let isLocal = await members.contains("127.0.0.1")
        let isLocal6 = await members.contains("::1")
        #expect(isLocal || isLocal6)
    }
}
