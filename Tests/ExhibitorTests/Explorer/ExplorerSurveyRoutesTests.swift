import AsyncHTTPClient
import EnsembleTesting
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Testing
import ZooKeeper

@testable import Exhibitor

/// Reports about subtrees, and the stream of changes.
@Suite(.serialized) struct ExplorerSurveyRoutesTests {
    private static func plant(_ host: ExplorerHost) async throws {
        try await host.zookeeper.createAll(["/t", "/t/a", "/t/a-b", "/t/a/x", "/t/a/x/deep", "/t/c"])
        try await host.zookeeper.set("/t/a/x", Data("some Marathon data".utf8))
        try await host.zookeeper.create("/t/c/live", mode: .ephemeral)
    }

    @Test func listsUsageInTheOrderOfPaths() async throws {
        try await ExplorerHost.run { host async throws in
            try await Self.plant(host)
            func time(_ path: String) async throws -> Int64 { try #require(try await host.zookeeper.exists(path)).ctime }
            let lines = [
                "Path\tCreateDate\tChildQty\tDeepChildQty", "/t\t\(try await time("/t"))\t3\t6", "/t/a\t\(try await time("/t/a"))\t1\t2",
                "/t/a-b\t\(try await time("/t/a-b"))\t0\t0", "/t/a/x\t\(try await time("/t/a/x"))\t1\t1",
                "/t/a/x/deep\t\(try await time("/t/a/x/deep"))\t0\t0", "/t/c\t\(try await time("/t/c"))\t1\t1",
                "/t/c/live\t\(try await time("/t/c/live"))\t0\t0",
            ]
            let question = #"{"startPath":"/t","maxChildrenForTraversal":1000}"#
            let posted = try await host.request(.POST, "explorer/usage-listing", body: question)
            #expect(posted.body == lines.joined(separator: "\n") + "\n")
            #expect(posted.headers.first(name: "content-type") == "text/plain")
            #expect(posted.headers.first(name: "content-disposition") == "attachment; filename=listing_tab_delimited.txt")
            let query = "%7B%22startPath%22%3A%22%2Ft%22%2C%22maxChildrenForTraversal%22%3A1%7D"
            let limited = try await host.get("explorer/usage-listing?request=\(query)")
            #expect(limited.body == "\(lines[0])\n/t\t\(try await time("/t"))\t3\t3\n")

            #expect(try await host.request(.POST, "explorer/usage-listing", body: question, type: "text/plain").status == 415)
            #expect(try await host.request(.POST, "explorer/usage-listing", body: "{").status == 400)
            #expect(try await host.get("explorer/usage-listing").status == 400)
            let absent = #"{"startPath":"/none","maxChildrenForTraversal":1}"#
            #expect(try await host.request(.POST, "explorer/usage-listing", body: absent).status == 404)
        }
    }

    @Test func measuresSubtrees() async throws {
        try await ExplorerHost.run { host async throws in
            try await Self.plant(host)
            #expect(
                try await host.get("explorer/subtree-size?path=/t").body
                    == #"{"bytes":18,"complete":true,"depth":3,"ephemerals":1,"path":"/t","znodes":7}"#)
            #expect(try await host.get("explorer/subtree-size?path=/none").status == 404)
            #expect(
                try await host.get("explorer/analysis?root=/t&depth=1").body
                    == #"{"busiest":[{"changes":3,"path":"/t"},{"changes":2,"path":"/t/a/x"},{"changes":1,"path":"/t/a"},{"changes":1,"path":"/t/c"}],"bytes":18,"complete":true,"largest":[{"bytes":18,"path":"/t/a/x"}],"root":"/t","subtrees":[{"bytes":18,"ephemerals":0,"path":"/t/a","znodes":3},{"bytes":0,"ephemerals":1,"path":"/t/c","znodes":2},{"bytes":0,"ephemerals":0,"path":"/t/a-b","znodes":1}],"widest":[{"numChildren":3,"path":"/t"},{"numChildren":1,"path":"/t/a"},{"numChildren":1,"path":"/t/a/x"},{"numChildren":1,"path":"/t/c"}],"znodes":7}"#
            )
        }
    }

    @Test func findsNamesAndData() async throws {
        try await ExplorerHost.run { host async throws in
            try await Self.plant(host)
            #expect(
                try await host.get("explorer/search?root=/t&match=DEEP").body
                    == #"{"complete":true,"hits":[{"excerpt":"deep","path":"/t/a/x/deep","where":"path"}],"visited":7}"#)
            #expect(
                try await host.get("explorer/search?root=/&match=marathon&in=data").body.contains(
                    #""hits":[{"excerpt":"some Marathon data","path":"/t/a/x","where":"data"}]"#))
            #expect(try await host.get("explorer/search?root=/t&match=a&limit=1").body.contains(#""complete":false"#))
            #expect(try await host.get("explorer/search?root=/t").status == 400)
            #expect(try await host.get("explorer/search?root=/t&match=a&in=nowhere").status == 400)
        }
    }

    @Test func analysesLocks() async throws {
        try await ExplorerHost.run { host async throws in
            for (path, id) in [("/l/one-1", "p1"), ("/l/two-2", "p2"), ("/m/a-1", "p2"), ("/m/a-2", "p1")] {
                try await host.zookeeper.createWithParents(path)
                try await host.zookeeper.set(path, Data(id.utf8))
            }
            let answer = try await host.request(
                .POST, "explorer/analyze", body: #"[{"path":"/l","max":1},{"path":"/m/a-1","max":1}]"#)
            #expect(
                answer.body
                    == #"{"error":"","nodes":[{"childIds":["p1","p2"],"max":1,"path":"/l"},{"childIds":["p2","p1"],"max":1,"path":"/m"}],"possibleCycles":[{"ids":["PATH:/l","PROCESS:p2","PATH:/m","PROCESS:p1"]}]}"#
            )
            #expect(answer.headers.first(name: "content-disposition") == "attachment; filename=analysis.txt")
            #expect(
                try await host.request(.POST, "explorer/analyze", body: #"[{"path":"/none","max":1}]"#).body
                    == #"{"error":"Path not found: /none","nodes":[],"possibleCycles":[]}"#)
            #expect(try await host.request(.POST, "explorer/analyze", body: "[]", type: "text/xml").status == 415)
            #expect(try await host.request(.POST, "explorer/analyze", body: "{}").status == 400)
        }
    }

    @Test func tellsChangesOfAZnodeAsTheyHappen() async throws {
        try await ExplorerHost.run { host async throws in
            let response = try await host.http.execute(
                HTTPClientRequest(url: "\(host.base)/explorer/watch?path=/w"), timeout: .seconds(60))
            #expect(response.headers.first(name: "content-type") == "text/event-stream")
            var events = EventReader(body: response.body.makeAsyncIterator())
            #expect(try await events.next() == #"watching {"stat":null}"#)
            try await host.zookeeper.create("/w")
            #expect(try await events.next()?.hasPrefix(#"changed {"kind":"created","stat":{"#) == true)
            try await host.zookeeper.set("/w", Data("x".utf8))
            #expect(try await events.next()?.contains(#""kind":"data""#) == true)
            try await host.zookeeper.create("/w/c")
            let children = try await events.next()
            #expect(children?.contains(#""kind":"children""#) == true)
            #expect(children?.contains(#""numChildren":1"#) == true)
            try await host.zookeeper.deleteSubtree("/w")
            // The deletion of the child may be told first.
            var last = try await events.next()
            if last?.contains("children") == true { last = try await events.next() }
            #expect(last == #"changed {"kind":"deleted","stat":null}"#)
        }
    }

    /// Events but for signs of life, as `<event> <data>`.
    private struct EventReader {
        var body: HTTPClientResponse.Body.AsyncIterator
        var text = ""

        mutating func next() async throws -> String? {
            while true {
                while let end = text.firstRange(of: "\n\n") {
                    let event = text[..<end.lowerBound]
                    text = String(text[end.upperBound...])
                    let lines = event.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1).last ?? "" }
                    if lines.first != "alive" { return lines.joined(separator: " ") }
                }
                guard let chunk = try await body.next() else { return nil }
                text += String(buffer: chunk)
            }
        }
    }

    @Test func deletesALargeSubtree() async throws {
        try await ExplorerHost.run { host async throws in
            for index in 0..<40 { try await host.fill("/big/\(index)/x", count: 100) { "n\($0)" } }
            let answer = try await host.request(.DELETE, "explorer/znode/big")
            #expect(answer.body == ExplorerHost.ok)
            #expect(answer.headers.first(name: "x-deleted-znodes") == "4081")
            #expect(try await host.zookeeper.exists("/big") == nil)
        }
    }
}
