import Testing

@testable import Marathon

@Suite struct RouteTests {
    @Test(arguments: [
        ("/v2/apps", Route.apps), ("/v2/apps/", .apps), ("/v2/apps/prod/web", .app("/prod/web")), ("/v2/apps//prod/web", .app("/prod/web")),
        ("/v2/apps/prod%2Fweb", .app("/prod/web")), ("/v2/apps/prod/./x/../web", .app("/prod/web")), ("/v2/apps/*", .appsBelow("/")),
        ("/v2/apps/prod/*", .appsBelow("/prod")), ("/v2/apps/prod/*/tasks", .appTasksBelow("/prod")),
        ("/v2/apps/a/b/tasks", .appTasks("/a/b")), ("/v2/apps/a/tasks/a.1", .appTask("/a", "a.1")),
        ("/v2/apps/a/versions", .appVersions("/a")), ("/v2/apps/a/versions/v", .appVersion("/a", "v")),
        ("/v2/apps/a/restart", .appRestart("/a")), ("/v2/apps/tasks", .app("/tasks")), ("/v2/tasks", .tasks),
        ("/v2/tasks/delete", .tasksDelete), ("/v2/groups", .group("/")), ("/v2/groups/a/b", .group("/a/b")),
        ("/v2/groups/versions", .groupVersions("/")), ("/v2/groups/a/apps", .groupApps("/a")), ("/v2/deployments", .deployments),
        ("/v2/deployments/x", .deployment("x")), ("/v2/queue", .queue), ("/v2/queue/a/b/delay", .queueDelay("/a/b")),
        ("/v2/info", .info), ("/v2/leader", .leader), ("/v2/events", .events), ("/ping", .ping), ("/metrics", .metrics), ("/", .index),
        ("/ui/x", .ui), ("/v2/nope", .notFound), ("/v2", .notFound), ("/nope", .notFound),
    ])
    func namesWhatAPathAddresses(path: String, route: Route) {
        #expect(Route(path: path) == route)
    }

    @Test func brokenEscapesStandForThemselves() {
        #expect(Route(path: "/v2/apps/a%2") == .app("/a%2"))
        #expect(Route(path: "/v2/apps/a%ff") == .app("/a%ff"))
    }
}

@Suite struct LabelSelectorTests {
    private func holds(_ selector: String, _ labels: [String: String]) throws -> Bool {
        try LabelSelector.parse(selector).allSatisfy { $0.matches(labels) }
    }

    @Test func aBareKeyMustExist() throws {
        #expect(try holds("a", ["a": "1"]))
        #expect(try !holds("a", ["b": "1"]))
    }

    @Test func comparesValues() throws {
        #expect(try holds("a==1,b!=2", ["a": "1", "b": "3"]))
        #expect(try !holds("b!=2", [:]))
    }

    @Test func looksIntoSets() throws {
        #expect(try holds("a in (1, 2), b notin (3)", ["a": "2", "b": "4"]))
        #expect(try !holds("a notin (1)", [:]))
    }

    @Test func backslashesTakeAnyCharacter() throws {
        #expect(try holds(#"a==x\/y"#, ["a": "x/y"]))
    }

    @Test(arguments: ["", "a==", "a in", "a in (", "a in (1", "a=1", "a==1 b"])
    func refusesWhatItCannotRead(text: String) {
        #expect(throws: APIError.self) { try LabelSelector.parse(text) }
    }
}
