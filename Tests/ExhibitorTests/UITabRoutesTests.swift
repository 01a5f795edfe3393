import EnsembleTesting
import NIOHTTP1
import Testing

@testable import Exhibitor

@Suite(.serialized) struct UITabRoutesTests {
    @Test func offersTheLogAsATab() async throws {
        try await ExplorerHost.run { host async throws in
            #expect(try await host.get("ui/tabs").body == #"[{"html":false,"name":"Log","type":"SIMPLE","url":"tab/0"}]"#)
            _ = try await host.put("/l", "61", headers: ["netflix-reason": "<script>"])
            let text = try await host.get("ui/tab/0")
            #expect(text.headers.first(name: "content-type") == "text/plain; charset=utf-8")
            #expect(text.body.contains("\tINFO\tExplorer: "))
            #expect(text.body.contains("<script>"))
            let page = try await host.get("ui/tab-html/0")
            #expect(page.headers.first(name: "content-type") == "text/html; charset=utf-8")
            #expect(page.body.contains("&lt;script&gt;"))
            #expect(!page.body.contains("<script>"))
            for path in ["ui/tab/1", "ui/tab/x", "ui/tab-html/1", "ui/shutdown"] {
                #expect(try await host.get(path).status == 404)
            }
        }
    }

    @Test func endsTheManagerAndLeavesTheServerWhenThatIsEnabled() async throws {
        try await ExplorerHost.run(configure: { $0.allowsShutdown = true }) { host async throws in
            #expect(try await host.get("ui/shutdown", headers: ["origin": "http://evil.example"]).status == 403)
            #expect(try await host.get("ui/shutdown").body == ExplorerHost.ok)
            let end = ContinuousClock.now + .seconds(30)
            while ContinuousClock.now < end, (try? await host.get("cluster/state")) != nil {
                try await Task.sleep(for: .milliseconds(20))
            }
            await #expect(throws: (any Error).self) { try await host.get("cluster/state") }
            #expect(await host.ensemble.probe(0) == .serving(.standalone))
        }
    }
}
