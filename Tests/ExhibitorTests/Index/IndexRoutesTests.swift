import EnsembleTesting
import FoundationEssentials
import NIOHTTP1
import Testing
import TransactionLog
import ZooKeeper

@testable import Exhibitor

/// The index endpoints on the logs of a real server.
@Suite(.serialized) struct IndexRoutesTests {
    private struct IndexedLog: Decodable {
        let name: String
        let from: String
        let to: String
        let entryCount: Int
    }

    private struct Handle: Decodable { let id: String }

    private struct Page: Decodable {
        let sEcho: String
        let iTotalRecords: Int
        let iTotalDisplayRecords: Int
        let aaData: [[String: String]]
    }

    private struct Version: Decodable {
        let docId: Int
        let type: Int
        let date: Int64
        let zxid: String
        let session: String
        let version: Int
        let dataBytes: String?
    }

    /// Some history: an overwritten znode, a deleted one, an ephemeral, a container and one with a time to live.
    private static func withIndex(
        configure: (inout ExhibitorConfiguration) -> Void = { _ in }, _ body: (ExplorerHost, String) async throws -> Void
    ) async throws {
        try await ExplorerHost.run(configure: configure) { host async throws in
            try await host.zookeeper.create("/a", Data("one".utf8))
            try await host.zookeeper.set("/a", Data("two".utf8))
            try await host.zookeeper.multi([.create("/m", Data("m".utf8)), .set("/a", Data("three".utf8))])
            try await host.zookeeper.create("/gone", Data("g".utf8))
            try await host.zookeeper.delete("/gone")
            try await host.zookeeper.create("/eph", Data("e".utf8), mode: .ephemeral)
            try await host.zookeeper.create("/cont", mode: .container)
            try await host.zookeeper.create("/ttl", Data("t".utf8), mode: .ttl(.seconds(1000)))
            try await host.zookeeper.setACL(
                "/m", [ACL(permissions: 31, scheme: "world", id: "anyone"), ACL(permissions: 1, scheme: "ip", id: "10.0.0.1")])
            let name = try await makeIndex(host)
            try await body(host, name)
        }
    }

    private static func makeIndex(_ host: ExplorerHost) async throws -> String {
        let before = try await host.get("index/indexed-logs").json([IndexedLog].self).map(\.name)
        #expect(try await host.get("index/new-index").body == ExplorerHost.ok)
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            let logs = try await host.get("index/indexed-logs").json([IndexedLog].self)
            if let new = logs.first(where: { !before.contains($0.name) }) { return new.name }
            try await Task.sleep(for: .milliseconds(30))
        }
        Issue.record("no index: \(try await host.get("cluster/log").body)")
        return ""
    }

    private func search(_ host: ExplorerHost, _ terms: String) async throws -> String {
        let answer = try await host.request(.POST, "index/cache-search", body: "{\(terms)}")
        #expect(answer.status == 200, "\(answer.body)")
        return try answer.json(Handle.self).id
    }

    private func rows(_ host: ExplorerHost, _ name: String, _ terms: String) async throws -> [[String]] {
        let handle = try await search(host, #""indexName":"\#(name)",\#(terms)"#)
        let page = try await host.get("index/dataTable/\(name)/\(handle)?iDisplayStart=0&iDisplayLength=50&sEcho=3").json(Page.self)
        #expect(page.sEcho == "3")
        #expect(page.iTotalDisplayRecords == page.aaData.count)
        return page.aaData.map { [$0["0"] ?? "", $0["2"] ?? ""] }
    }

    @Test func answersInTheShapesOfTheContract() async throws {
        try await Self.withIndex { host, name async throws in
            let date = #/^[0-9]{2}/[0-9]{2}/[0-9]{4}-[0-9]{2}:[0-9]{2}$/#
            let log = try #require(try await host.get("index/indexed-logs").json([IndexedLog].self).first)
            #expect(log.name == name && log.entryCount >= 10)
            #expect(log.from.contains(date) && log.to.contains(date))

            let all = try await rows(
                host, name, #""pathPrefix":"","firstDate":null,"secondDate":null,"operationType":-1,"reuseHandle":null,"maxResults":500"#)
            #expect(all.contains(["Create-Persistent", "/a"]) && all.contains(["Create-Ephemeral", "/eph"]))
            #expect(all.contains(["Delete", "/gone"]) && all.contains(["SetACL", "/m"]))
            #expect(
                try await rows(host, name, #""pathPrefix":"/a""#) == [["SetData", "/a"], ["SetData", "/a"], ["Create-Persistent", "/a"]])
            #expect(try await rows(host, name, #""pathPrefix":"/a","operationType":"3","maxResults":1"#) == [["SetData", "/a"]])
            #expect(try await rows(host, name, #""pathMatch":"gon","operationType":null"#).map(\.[1]) == ["/gone", "/gone"])
            #expect(try await rows(host, name, #""operationType":4"#) == [["Create-Container", "/cont"]])
            #expect(try await rows(host, name, #""operationType":5"#) == [["Create-TTL", "/ttl"]])
            let session = try #require(host.zookeeper.sessionID)
            #expect(try await rows(host, name, #""pathPrefix":"/eph","session":"\#(Hexadecimal.text(session))""#).count == 1)
            #expect(try await rows(host, name, #""session":"0x1""#).isEmpty)
            let today = Date().formatted(.iso8601)
            #expect(
                try await rows(host, name, #""pathPrefix":"/a","firstDate":"\#(today)","secondDate":"2016-04-07T00:00:00.000Z""#).count == 3
            )
            #expect(try await rows(host, name, #""firstDate":"2016-04-07T00:00:00.000Z","secondDate":"2016-04-08T00:00:00.000Z""#).isEmpty)
            #expect(try await rows(host, name, #""pathPrefix":"/a","firstDate":"2016-04-07T00:00:00.000Z","secondDate":null"#).count == 3)

            let table = try await host.get("index/dataTable/\(name)/none?iDisplayStart=0&iDisplayLength=2&sEcho=1")
            let page = try table.json(Page.self)
            #expect(page.iTotalRecords == log.entryCount && page.iTotalDisplayRecords == log.entryCount && page.aaData.count == 2)
            #expect(page.aaData[0]["DT_RowId"] == "index-query-result-\(log.entryCount - 1)")
            #expect(try await host.get("index/dataTable/exhibitor-1/none").body == "{}")
        }
    }

    @Test func showsOneRecord() async throws {
        try await Self.withIndex { host, name async throws in
            let versions = try await host.get("index/versions/\(name)?path=/a&limit=100").json([Version].self)
            #expect(versions.map(\.version) == [2, 1, 0])
            #expect(versions.map(\.type) == [3, 3, 0])
            #expect(versions.map { $0.dataBytes.flatMap { Data(base64Encoded: $0) } } == ["three", "two", "one"].map { Data($0.utf8) })
            let session = try #require(host.zookeeper.sessionID)
            #expect(versions.allSatisfy { $0.session == Hexadecimal.text(session) })
            let stat = try #require(try await host.zookeeper.exists("/a"))
            #expect(versions[0].zxid == Hexadecimal.text(stat.mzxid) && versions[0].date == stat.mtime)
            #expect(try await host.get("index/versions/\(name)?path=/gone").json([Version].self).map(\.dataBytes) == [nil, "Zw=="])

            let record = try await host.get("index/get/\(name)/\(versions[1].docId)").body
            #expect(record.contains(#""dataAsString":"two","dataBytes":"74 77 6f ","date":""#))
            #expect(record.contains(#""docId":\#(versions[1].docId),"path":"/a""#) && record.contains(#""type":3"#))
            #expect(record.contains(#/"date":"[0-9]{2}/[0-9]{2}/[0-9]{4}-[0-9]{2}:[0-9]{2}:[0-9]{2}"/#))
            for path in [
                "get/\(name)/99999", "get/\(name)/x", "get/exhibitor-1/0", "versions/exhibitor-1?path=/a", "release-cache/exhibitor-1/x",
            ] {
                #expect(try await host.get("index/\(path)").status == 404, "\(path)")
            }
        }
    }

    @Test func refusesWhatItDoesNotUnderstand() async throws {
        try await Self.withIndex { host, name async throws in
            func status(_ body: String, type: String = "application/json") async throws -> Int {
                try await host.request(.POST, "index/cache-search", body: body, type: type).status
            }
            #expect(try await status(#"{"indexName":"exhibitor-1"}"#) == 404)
            #expect(try await status(#"{"indexName":"\#(name)"}"#, type: "text/plain") == 415)
            #expect(try await status("nonsense") == 400)
            #expect(try await status(#"{"indexName":"\#(name)","operationType":9}"#) == 400)
            #expect(try await status(#"{"indexName":"\#(name)","session":"me"}"#) == 400)
            #expect(try await status(#"{"indexName":"\#(name)","firstDate":"x","secondDate":"y"}"#) == 400)
            #expect(try await host.get("index/cache-search").status == 405)
            #expect(try await host.request(.DELETE, "index/exhibitor-1").status == 404)
            #expect(try await host.request(.DELETE, "index/\(name)", headers: ["origin": "http://evil.example"]).status == 403)
        }
    }

    @Test func aDeletedIndexIsReadUntilItsSearchesAreReleased() async throws {
        try await Self.withIndex { host, name async throws in
            let handle = try await search(host, #""indexName":"\#(name)","pathPrefix":"/a""#)
            #expect(try await search(host, #""indexName":"\#(name)","pathPrefix":"/gone","reuseHandle":"\#(handle)""#) == handle)
            #expect(try await host.request(.DELETE, "index/\(name)").body == ExplorerHost.ok)
            #expect(try await host.get("index/indexed-logs").body == "[]")
            #expect(try await host.request(.DELETE, "index/\(name)").status == 404)
            #expect(try await host.get("index/dataTable/\(name)/\(handle)").json(Page.self).aaData.count == 2)
            #expect(try await host.get("index/release-cache/\(name)/\(handle)").body == ExplorerHost.ok)
            #expect(try await host.get("index/dataTable/\(name)/\(handle)").body == "{}")
            #expect(try await Self.makeIndex(host) != name)
        }
    }

    @Test func restoresAnEarlierValue() async throws {
        try await Self.withIndex { host, name async throws in
            func restore(_ path: String, _ pick: (Version) -> Bool, expecting version: Int = -1) async throws -> String {
                let versions = try await host.get("index/versions/\(name)?path=\(path)").json([Version].self)
                let id = versions.first(where: pick)?.docId ?? -1
                return try await host.request(
                    .POST, "index/restore", body: #"{"indexName":"\#(name)","docId":\#(id),"expectedVersion":\#(version)}"#
                ).body
            }
            #expect(try await restore("/a", { $0.version == 0 }, expecting: 1) == #"{"message":"BadVersion","succeeded":false}"#)
            #expect(try await host.zookeeper.get("/a").data == Data("three".utf8))
            #expect(try await restore("/a", { $0.version == 0 }, expecting: 2) == ExplorerHost.ok)
            #expect(try await host.zookeeper.get("/a").data == Data("one".utf8))
            #expect(try await host.get("cluster/log").body.contains("restored /a to what it was after 0x"))

            // Created again, and deleted again as it was.
            #expect(try await restore("/gone", { $0.type == 0 }) == ExplorerHost.ok)
            #expect(try await host.zookeeper.get("/gone").data == Data("g".utf8))
            #expect(try await restore("/gone", { $0.type == 2 }, expecting: 0) == ExplorerHost.ok)
            #expect(try await host.zookeeper.exists("/gone") == nil)
            #expect(try await restore("/gone", { $0.type == 2 }) == #"{"message":"NoNode","succeeded":false}"#)

            try await host.zookeeper.delete("/ttl")
            #expect(try await restore("/ttl", { $0.type == 5 }) == ExplorerHost.ok)
            try await host.zookeeper.delete("/cont")
            #expect(try await restore("/cont", { $0.type == 4 }) == ExplorerHost.ok)
            // The server does not tell clients what they are.
            let settings = host.ensemble.settings[0]
            let loader = DataTreeLoader(
                logDirectory: settings.logDirectory + "/version-2", snapshotDirectory: settings.dataDirectory + "/version-2")
            let tree = try await ServerThread.run { try loader.load().tree }
            #expect(tree.nodes["/ttl"]?.stat.kind == .timeToLive(milliseconds: 1_000_000))
            #expect(tree.nodes["/cont"]?.stat.kind == .container)

            try await host.zookeeper.delete("/eph")
            #expect(try await restore("/eph", { $0.type == 1 }).contains("belonged to a session"))

            try await host.zookeeper.setACL("/m", ACL.open)
            #expect(try await restore("/m", { $0.type == 6 }) == ExplorerHost.ok)
            #expect(Set(try await host.zookeeper.acl("/m").acl.map(\.scheme)) == ["world", "ip"])

            #expect(
                try await host.request(.POST, "index/restore", body: #"{"indexName":"\#(name)","docId":99999}"#).body
                    .contains(#""succeeded":false"#))
        }
    }

    @Test func restoresNothingWhenModificationIsOff() async throws {
        try await Self.withIndex(configure: { $0.explorer.allowsModification = false }) { host, name async throws in
            let answer = try await host.request(.POST, "index/restore", body: #"{"indexName":"\#(name)","docId":0}"#)
            #expect(answer.status == 403)
            #expect(answer.body.isEmpty)
        }
    }
}
