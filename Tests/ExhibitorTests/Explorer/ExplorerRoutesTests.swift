import EnsembleTesting
import FoundationEssentials
import NIOHTTP1
import Testing
import ZooKeeper

@testable import Exhibitor

/// The Explorer's endpoints in front of a real server.
@Suite(.serialized) struct ExplorerRoutesTests {
    @Test func writesReadsAndDeletesAsTheContractSays() async throws {
        try await ExplorerHost.run { host async throws in
            #expect(try await host.put("/t/a/b", "68 69") == ExplorerHost.ok)
            let data = try await host.get("explorer/node-data?key=/t/a/b")
            #expect(data.status == 200)
            #expect(data.body.hasPrefix(#"{"bytes":"68 69 ","stat":"czxid: "#))
            #expect(data.body.hasSuffix(#"","str":"hi"}"#))
            let stat = try #require(try await host.zookeeper.exists("/t/a/b"))
            #expect(
                data.body.contains(
                    "czxid: \(stat.czxid), mzxid: \(stat.mzxid), ctime: \(stat.ctime), mtime: \(stat.mtime), version: 0, cversion: 0, aversion: 0, ephemeralOwner: 0, dataLength: 2, numChildren: 0, pzxid: \(stat.pzxid)"
                ))
            #expect(
                try await host.get("explorer/node?key=/t&ts=1").body
                    == #"[{"expand":false,"isLazy":true,"key":"/t/a","title":"a"}]"#)
            #expect(try await host.get("explorer/node?key=/t/a/b").body == "[]")

            #expect(try await host.put("/t/a/b", "6869212122") == ExplorerHost.ok)
            #expect(try await host.zookeeper.get("/t/a/b").data == Data("hi!!\"".utf8))
            #expect(try await host.put("/t/a/b", "") == ExplorerHost.ok)
            #expect(try await host.get("explorer/node-data?key=/t/a/b").body.contains(#""bytes":"""#))

            #expect(try await host.delete("/t") == ExplorerHost.ok)
            #expect(
                try await host.get("explorer/node-data?key=/t").body == #"{"bytes":"","stat":"* not found * ","str":""}"#)
            #expect(try await host.delete("/t") == #"{"message":"NoNode","succeeded":false}"#)
            let exception = #"[{"expand":false,"isLazy":false,"key":"*","title":"* Exception *"}]"#
            #expect(try await host.get("explorer/node?key=/t").body == exception)
        }
    }

    @Test func ordersTheTreeBySequenceNumberWhenEveryNameHasOne() async throws {
        try await ExplorerHost.run { host async throws in
            try await host.zookeeper.createAll(["/s", "/s/b-0000000001", "/s/a-0000000002", "/s/c-0000000000"])
            func titles() async throws -> [String] {
                try await host.get("explorer/node?key=/s").json([Title].self).map(\.title)
            }
            #expect(try await titles() == ["c-0000000000", "b-0000000001", "a-0000000002"])
            try await host.zookeeper.create("/s/plain")
            #expect(try await titles() == ["a-0000000002", "b-0000000001", "c-0000000000", "plain"])
        }
    }

    private struct Title: Decodable { let title: String }

    @Test func refusesWhatItMustNotDo() async throws {
        try await ExplorerHost.run { host async throws in
            func refused(_ answer: String, _ text: String, _ location: SourceLocation = #_sourceLocation) {
                #expect(answer.hasSuffix(#","succeeded":false}"#), "\(answer)", sourceLocation: location)
                #expect(answer.contains(text), "\(answer)", sourceLocation: location)
            }
            refused(try await host.put("/zookeeper/quota", "61"), "ZooKeeper's own")
            refused(try await host.delete("/zookeeper"), "ZooKeeper's own")
            refused(try await host.delete("/"), "ZooKeeper's own")
            refused(try await host.delete(""), "ZooKeeper's own")
            refused(try await host.put("/a", "6"), "odd number")
            refused(try await host.put("/a", "zz"), "hexadecimal")
            refused(try await host.put("/a//b", "61"), "a name is empty")
            refused(try await host.put("/a/../b", "61"), "relative names")
            refused(try await host.put("/a%00", "61"), "U+0")
            refused(try await host.request(.PUT, "explorer/znode/a?version=x", body: "61").body, "version must be a number")
            refused(try await host.put("/a", String(repeating: "61 ", count: 524_289)), "524289 bytes")
            #expect(try await host.zookeeper.exists("/a") == nil)
            #expect(try await host.put("/a", String(repeating: "61 ", count: 524_288)) == ExplorerHost.ok)
            #expect(try await host.request(.PUT, "explorer/znode/a", body: String(repeating: "6", count: 4_200_000)).status == 413)

            #expect(try await host.request(.PUT, "explorer/znode/a", body: "61", type: "text/plain").status == 415)
            let json = try await host.request(.PUT, "explorer/znode/a", body: "61", type: "application/json; charset=utf-8")
            #expect(json.body == ExplorerHost.ok)
            #expect(try await host.request(.PUT, "explorer/znode/a", body: "61", type: nil).body == ExplorerHost.ok)
            let foreign = try await host.request(.DELETE, "explorer/znode/a", headers: ["origin": "http://evil.example"])
            #expect(foreign.status == 403)
            #expect(try await host.zookeeper.exists("/a") != nil)
            #expect(try await host.request(.POST, "explorer/znode/a", body: "61").status == 405)
            #expect(try await host.get("explorer/node-data?key=/a", headers: ["accept": "text/xml"]).status == 406)
            #expect(
                try await host.get("explorer/node-data?key=a").body.hasPrefix(
                    #"{"bytes":"","stat":"'a' is not the path of a znode"#))
        }
    }

    @Test func decodesPathsAsTheyAreMeant() async throws {
        try await ExplorerHost.run { host async throws in
            #expect(try await host.put("/a%20b/%C3%A9%2Fc+d", "61") == ExplorerHost.ok)
            #expect(try await host.zookeeper.exists("/a b/é/c+d") != nil)
            #expect(try await host.get("explorer/node-data?key=%2Fa%20b%2F%C3%A9%2Fc+d").body.contains(#""str":"a""#))
        }
    }

    @Test func comparesVersions() async throws {
        try await ExplorerHost.run { host async throws in
            let bad = #"{"message":"BadVersion","succeeded":false}"#
            #expect(try await host.request(.PUT, "explorer/znode/v?version=0", body: "61").body.contains("NoNode"))
            #expect(try await host.put("/v", "61") == ExplorerHost.ok)
            #expect(try await host.request(.PUT, "explorer/znode/v?version=1", body: "62").body == bad)
            #expect(try await host.request(.PUT, "explorer/znode/v?version=0", body: "62").body == ExplorerHost.ok)
            #expect(try await host.put("/v/child", "61") == ExplorerHost.ok)
            #expect(try await host.delete("/v?version=0") == bad)
            #expect(try await host.zookeeper.exists("/v/child") != nil)
            #expect(try await host.delete("/v?version=1") == ExplorerHost.ok)
        }
    }

    @Test func writesWhoDidWhatToTheActivityLog() async throws {
        try await ExplorerHost.run { host async throws in
            _ = try await host.put(
                "/l", "61", headers: ["netflix-user-name": "ada", "netflix-ticket-number": "T-1", "netflix-reason": "a\tb"])
            let log = try await host.get("cluster/log").json(String.self)
            #expect(log.contains("wrote 1 bytes to /l, user: ada, ticket: T-1, reason: a\tb"))
        }
    }

    @Test func modifiesNothingWhenItMayNot() async throws {
        try await ExplorerHost.run(configure: { $0.explorer.allowsModification = false }) { host async throws in
            for method in [NIOHTTP1.HTTPMethod.PUT, .DELETE] {
                let answer = try await host.request(method, "explorer/znode/a", body: "61")
                #expect(answer.status == 403)
                #expect(answer.body == "")
            }
            #expect(try await host.request(.PUT, "explorer/acl?path=/a", body: "[]").status == 403)
            #expect(try await host.get("explorer/node?key=/").status == 200)
        }
    }

    @Test func createsWithTheAccessControlListOfTheOptions() async throws {
        let acl = [ACL(permissions: 3, scheme: "ip", id: "127.0.0.0/8")]
        try await ExplorerHost.run(configure: { $0.explorer.creationACL = acl }) { host async throws in
            #expect(try await host.put("/p", "61") == ExplorerHost.ok)
            #expect(try await host.zookeeper.acl("/p").acl == acl)
        }
    }
}
