import EnsembleTesting
import FoundationEssentials
import NIOHTTP1
import Testing
import ZooKeeper

@testable import Exhibitor

/// Pages of children, details of a znode, access control lists.
@Suite(.serialized) struct ExplorerPagesTests {
    private struct Page: Decodable {
        struct Child: Decodable {
            let name: String
            let path: String
            let numChildren: Int
            let ephemeral: Bool
            let dataLength: Int
        }
        let path: String
        let total: Int
        let matched: Int
        let children: [Child]
        let next: String?
        let zxid: String
    }

    @Test func pagesThroughManyChildrenInOrder() async throws {
        try await ExplorerHost.run { host async throws in
            try await host.fill("/wide", count: 10_000) { "n-\($0)" }
            let expected = (0..<10_000).map { "n-\($0)" }.sorted()
            var names: [String] = []
            var after: String?
            repeat {
                let page = try await host.get("explorer/children?path=/wide&limit=900\(after.map { "&after=\($0)" } ?? "")").json(Page.self)
                #expect(page.total == 10_000)
                #expect(page.matched == 10_000)
                names += page.children.map(\.name)
                after = page.next
            } while after != nil
            #expect(names == expected)

            let first = try await host.get("explorer/children?path=/wide").json(Page.self)
            #expect(first.children.count == 200)
            #expect(first.next == expected[199])
            // A page goes on where the one before ended, also when that name is gone.
            try await host.zookeeper.delete("/wide/\(expected[199])")
            let second = try await host.get("explorer/children?path=/wide&limit=3&after=\(expected[199])").json(Page.self)
            #expect(second.total == 9_999)
            #expect(second.children.map(\.name) == Array(expected[200..<203]))
            #expect(second.zxid != first.zxid)

            let match = try await host.get("explorer/children?path=/wide&match=N-99").json(Page.self)
            #expect(match.matched == expected.count { $0.hasPrefix("n-99") })
            #expect(match.children.allSatisfy { $0.name.hasPrefix("n-99") })
            #expect(match.next == nil)
        }
    }

    @Test func tellsWhatIsBesideTheNames() async throws {
        try await ExplorerHost.run { host async throws in
            try await host.zookeeper.createWithParents("/p/inner/leaf")
            try await host.zookeeper.create("/p/live", Data("abc".utf8), mode: .ephemeral)
            let stat = try #require(try await host.zookeeper.exists("/p"))
            #expect(
                try await host.get("explorer/children?path=/p").body
                    == #"{"children":[{"dataLength":0,"ephemeral":false,"name":"inner","numChildren":1,"path":"/p/inner"},{"dataLength":3,"ephemeral":true,"name":"live","numChildren":0,"path":"/p/live"}],"matched":2,"next":null,"path":"/p","total":2,"zxid":"0x\#(String(stat.pzxid, radix: 16))"}"#
            )
            let missing = try await host.get("explorer/children?path=/none")
            #expect(missing.status == 404)
            #expect(missing.body == #"{"message":"NoNode","succeeded":false}"#)
            #expect(try await host.get("explorer/children?path=none").status == 400)
            #expect(try await host.get("explorer/children?path=/p&limit=many").status == 400)
        }
    }

    private struct Info: Decodable {
        struct Owner: Decodable {
            let session: String
            let address: String?
        }
        struct Entry: Decodable {
            let perms: Int
            let permNames: [String]
            let scheme: String
            let id: String
        }
        let path: String
        let data: String?
        let acl: [Entry]?
        let owner: Owner?
    }

    @Test func tellsEverythingAboutAZnode() async throws {
        try await ExplorerHost.run { host async throws in
            try await host.zookeeper.create("/e", Data("abc".utf8), mode: .ephemeral)
            let info = try await host.get("explorer/znode-info?path=/e").json(Info.self)
            #expect(info.path == "/e")
            #expect(info.data == "YWJj")
            #expect(info.acl?.map(\.permNames) == [["read", "write", "create", "delete", "admin"]])
            let session = try #require(host.zookeeper.sessionID)
            #expect(info.owner?.session == "0x\(String(session, radix: 16))")
            #expect(info.owner?.address?.hasPrefix("127.") == true)

            try await host.zookeeper.create("/p")
            let stat = try #require(try await host.zookeeper.exists("/p"))
            let zxid = "0x\(String(stat.czxid, radix: 16))"
            #expect(
                try await host.get("explorer/znode-info?path=/p").body
                    == #"{"acl":[{"id":"anyone","permNames":["read","write","create","delete","admin"],"perms":31,"scheme":"world"}],"data":"","owner":null,"path":"/p","stat":{"aversion":0,"ctime":\#(stat.ctime),"cversion":0,"czxid":"\#(zxid)","dataLength":0,"ephemeralOwner":"0x0","mtime":\#(stat.mtime),"mzxid":"\#(zxid)","numChildren":0,"pzxid":"\#(zxid)","version":0}}"#
            )
            #expect(try await host.get("explorer/znode-info?path=/none").status == 404)
        }
    }

    @Test func changesAccessControlLists() async throws {
        try await ExplorerHost.run { host async throws in
            try await host.zookeeper.create("/a")
            func set(_ query: String, _ body: String) async throws -> String {
                try await host.request(.PUT, "explorer/acl?\(query)", body: body).body
            }
            let read = #"[{"perms":1,"scheme":"world","id":"anyone"}]"#
            #expect(try await set("path=/a&version=7", read) == #"{"message":"BadVersion","succeeded":false}"#)
            #expect(try await set("path=/a", "[]").contains("at least one entry"))
            #expect(try await set("path=/a", "nonsense").contains("The body must be"))
            #expect(try await set("path=/a", #"[{"perms":32,"scheme":"world","id":"anyone"}]"#).contains("perms must be"))
            #expect(try await set("path=/a", #"[{"perms":1,"scheme":"nothing","id":""}]"#).contains("InvalidACL"))
            #expect(try await set("path=/zookeeper", read).contains("ZooKeeper's own"))
            #expect(try await set("path=/none", read).contains("NoNode"))
            #expect(try await set("path=/a&version=0", read) == ExplorerHost.ok)
            #expect(try await host.zookeeper.acl("/a").acl == [ACL(permissions: 1, scheme: "world", id: "anyone")])
        }
    }

    private static func protect(_ host: ExplorerHost) async throws {
        let acl = [ACL(permissions: 31, scheme: "digest", id: "somebody:AAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
        try await host.zookeeper.create("/secret", Data("hidden".utf8), acl: ACL.open)
        try await host.zookeeper.create("/secret/child")
        try await host.zookeeper.setACL("/secret", acl)
    }

    @Test func staysOutsideOfProtectedZnodesWithoutCredentials() async throws {
        try await ExplorerHost.run { host async throws in
            try await Self.protect(host)
            let info = try await host.get("explorer/znode-info?path=/secret").json(Info.self)
            #expect(info.data == nil)
            #expect(info.acl == nil)
            #expect(try await host.get("explorer/node-data?key=/secret").body.contains(#""stat":"NoAuth"#))
            let children = try await host.get("explorer/children?path=/secret")
            #expect(children.status == 400)
            #expect(children.body.contains("NoAuth"))
            #expect(try await host.put("/secret", "61").contains("NoAuth"))
            #expect(try await host.delete("/secret").contains("NoAuth"))
            #expect(try await host.get("explorer/subtree-size?path=/").body.contains(#""complete":false"#))
        }
    }

    @Test func passesEveryAccessControlListWithSuperCredentials() async throws {
        try await ExplorerHost.run(superCredentials: .generate()) { host async throws in
            try await Self.protect(host)
            let info = try await host.get("explorer/znode-info?path=/secret").json(Info.self)
            #expect(info.data == "aGlkZGVu")
            #expect(info.acl?.map(\.scheme) == ["digest"])
            #expect(try await host.put("/secret", "61") == ExplorerHost.ok)
            #expect(try await host.get("explorer/children?path=/secret").json(Page.self).children.map(\.name) == ["child"])
            #expect(try await host.delete("/secret") == ExplorerHost.ok)
        }
    }
}
