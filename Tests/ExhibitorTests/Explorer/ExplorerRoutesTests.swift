import EnsembleTesting
import FoundationEssentials
import Testing
import ZooKeeper

@testable import Exhibitor

/// The Explorer's endpoints in front of a real server.
@Suite(.serialized) struct ExplorerRoutesTests {
    @Test func writesReadsAndDeletesAsTheContractSays() async throws {
        try await ExplorerHost.run { host in
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
}
