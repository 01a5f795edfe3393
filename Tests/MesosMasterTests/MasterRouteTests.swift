import MesosHTTP
import Testing

@testable import MesosMaster

@Suite("Master: paths and texts")
struct MasterRouteTests {
    @Test(
        "Longest prefix, aliases and process names",
        arguments: [
            ("/state", MasterRoute.Endpoint.state, "/master/state"),
            ("/state.json", .state, "/master/state.json"),
            ("/master/state/foo", .state, "/master/state/foo"),
            ("/api/v1/scheduler", .scheduler, "/master/api/v1/scheduler"),
            ("/api/v1/operator", .operatorAPI, "/master/api/v1/operator"),
            ("/redirect/", .redirect, "/master/redirect"),
            ("/metrics/snapshot", .metrics, "/metrics/snapshot"),
            ("/version", .version, "/version"),
            ("/master/version", .masterVersion, "/master/version"),
            ("/registrar%281%29/registry", .registry, "/registrar(1)/registry"),
        ])
    func routes(path: String, endpoint: MasterRoute.Endpoint, full: String) throws {
        let route = try #require(MasterRoute(path: path))
        #expect(route.endpoint == endpoint && route.fullPath == full)
    }

    @Test("What names nothing", arguments: ["/", "/nix", "/state/..", "/master", "/metrics", "/slaves.json"])
    func nowhere(path: String) { #expect(MasterRoute(path: path) == nil) }

    @Test("Durations", arguments: [("15secs", 15.0), ("2mins", 120), ("1.5hrs", 5400), ("10days", 864_000), ("500ms", 0.5), ("0ns", 0)])
    func durations(text: String, seconds: Double) { #expect(DurationText.seconds(text) == seconds) }

    @Test(
        "Printed durations are whole",
        arguments: [(15.0, "15secs"), (90, "90secs"), (120, "2mins"), (864_000, "10days"), (0, "0ns"), (0.5, "500ms")])
    func printed(seconds: Double, text: String) { #expect(DurationText.text(seconds: seconds) == text) }

    @Test(
        "Accept",
        arguments: [
            (nil, true), ("*/*", true), ("application/json", true), ("text/html, application/*;q=0.5", true),
            ("application/x-protobuf", false), ("application/json;q=0", false),
        ] as [(String?, Bool)])
    func accept(header: String?, accepted: Bool) { #expect(MediaType.accepts("application/json", header) == accepted) }

    @Test("JSON text is escaped and doubles keep their point")
    func jsonText() {
        var json = JSONText()
        json.object {
            $0.member("a\"", "x\\\n\u{1}ü")
            $0.member("d", 4.0)
            $0.array("l") {
                $0.int(1)
                $0.bool(true)
            }
        }
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"a\"":"x\\\u000a\u0001ü","d":4.0,"l":[1,true]}"#)
    }

    @Test("A form's values are decoded")
    func form() {
        let form = FormValues("frameworkId=a%2Fb+c&x")
        #expect(form["frameworkId"] == "a/b c" && form["x"] == "" && form["y"] == nil)
    }
}
