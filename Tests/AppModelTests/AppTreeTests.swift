import AppModel
import Testing

@Suite struct AppTreeTests {
    func update(_ text: String, at path: String = "/") throws -> GroupUpdate {
        try GroupUpdate(json: JSONValue(parsing: text), at: AppID(path))
    }

    func tree(_ text: String) throws -> AppTree {
        let empty = AppTree(version: now)
        return try empty.applying(update(text), version: now).settled(after: empty, now: now).tree
    }

    let shop = """
        {"id":"/shop","dependencies":["/base"],"apps":[{"id":"web","cmd":"a","dependencies":["db"]},{"id":"db","cmd":"b"}],
         "groups":[{"id":"back","apps":[{"id":"queue","cmd":"c"}]}]}
        """

    @Test func `relative ids resolve against the enclosing group`() throws {
        let tree = try tree(shop)
        #expect(tree.apps.keys.sorted().map(\.description) == ["/shop/back/queue", "/shop/db", "/shop/web"])
        #expect(tree.apps[try AppID("/shop/web")]?.dependencies.map(\.description) == ["/shop/db"])
        #expect(tree.groups[try AppID("/shop")]?.dependencies.map(\.description) == ["/base"])
    }

    @Test func `a given list of apps replaces, an absent one leaves`() throws {
        let before = try tree(shop)
        let without = try before.applying(update(#"{"id":"/shop","apps":[{"id":"web","cmd":"a"}]}"#), version: now)
        #expect(without.apps.keys.sorted().map(\.description) == ["/shop/back/queue", "/shop/web"])
        let kept = try before.applying(update(#"{"dependencies":["/other"]}"#, at: "/shop"), version: now)
        #expect(kept.apps.count == 3)
        let noGroups = try before.applying(update(#"{"groups":[]}"#, at: "/shop"), version: now)
        #expect(noGroups.apps.keys.sorted().map(\.description) == ["/shop/db", "/shop/web"])
    }

    @Test func `the same group again changes nothing`() throws {
        let before = try tree(shop)
        let later = now + .seconds(9)
        let (after, changes) = try before.applying(update(shop), version: later).settled(after: before, now: later)
        #expect(changes.isEmpty)
        #expect(after.apps == before.apps)
    }

    @Test func `scaling a group rounds up`() throws {
        let before = try tree(#"{"id":"/g","apps":[{"id":"a","cmd":"x","instances":3},{"id":"b","cmd":"x","instances":0}]}"#)
        let (after, changes) = try before.applying(update(#"{"scaleBy":1.5}"#, at: "/g"), version: now).settled(after: before, now: now)
        #expect(after.apps[try AppID("/g/a")]?.instances == 5)
        #expect(changes == [try AppID("/g/a"): .scaling])
    }

    @Test(arguments: [
        (#"{"scaleBy":2,"apps":[]}"#, "/scaleBy", "not allowed in conjunction with other properties."),
        (#"{"id":"/g","version":"2016-01-01"}"#, "/version", "not allowed in conjunction with other properties."),
        (#"{"id":"/g","apps":[{"id":"/other/a","cmd":"x"}]}"#, "/apps(0)/id", "Identifier is not child of /g. Hint: use relative paths."),
        (#"{"id":"/g","groups":[{"id":"h"},{"id":"a/b"}]}"#, "/groups(1)/id", "Identifier is not child of /g. Hint: use relative paths."),
    ])
    func `a bad group body names the place`(text: String, path: String, message: String) throws {
        #expect(throws: AppInputError.invalid([Violation(path: path, errors: [message])])) { try update(text) }
    }

    @Test func `a nested shape error has the whole path`() throws {
        #expect(throws: AppInputError.shape([Violation(path: "/groups(0)/apps(1)/cpus", errors: ["error.expected.jsnumber"])])) {
            try update(#"{"id":"/g","groups":[{"id":"h","apps":[{"id":"a"},{"id":"b","cpus":"x"}]}]}"#)
        }
    }

    @Test func `cycles through groups are found`() throws {
        let tree = try tree(
            #"{"id":"/","groups":[{"id":"a","dependencies":["/b"],"apps":[{"id":"x","cmd":"x"}]},{"id":"b","apps":[{"id":"y","cmd":"y","dependencies":["/a/x"]}]}]}"#
        )
        #expect(tree.violations().flatMap(\.errors) == ["Dependency graph has cyclic dependencies."])
    }

    @Test func `levels count the longest path`() throws {
        let tree = try tree(
            #"{"id":"/","apps":[{"id":"a","cmd":"x","dependencies":["b","c"]},{"id":"b","cmd":"x","dependencies":["c"]},{"id":"c","cmd":"x","dependencies":["missing"]}]}"#
        )
        #expect(tree.dependencyGraph.levels == [try AppID("a"): 2, try AppID("b"): 1, try AppID("c"): 0])
        #expect(tree.violations().isEmpty)
    }

    @Test func `an app and a group may not share an id, but an empty group gives way`() throws {
        var tree = AppTree(version: now)
        tree.putGroup(try AppID("/x"), version: now)
        tree.put(try app(#"{"id":"x","cmd":"a"}"#))
        #expect(tree.violations().isEmpty)
        tree.put(try app(#"{"id":"x/y","cmd":"a"}"#))
        #expect(tree.violations().first?.errors.first?.hasPrefix("Groups and Applications may not have the same identifier.") == true)
    }

    @Test func `the tree shows nested groups sorted by id`() throws {
        let json = try tree(shop).json(of: .root) { ["id": .string($0.id.description)] }
        let time = JSONValue.string(now.description)
        #expect(
            json == [
                "id": "/", "dependencies": [], "version": time, "apps": [],
                "groups": [
                    [
                        "id": "/shop", "dependencies": ["/base"], "version": time, "apps": [["id": "/shop/db"], ["id": "/shop/web"]],
                        "groups": [
                            ["id": "/shop/back", "dependencies": [], "version": time, "apps": [["id": "/shop/back/queue"]], "groups": []]
                        ],
                    ]
                ],
            ])
    }

    @Test func `stored parts come back as they were`() throws {
        let before = try tree(shop)
        let restored = AppTree(apps: before.apps.values, groups: before.groups, version: now + .seconds(5))
        #expect(restored == before)
        let partial = AppTree(apps: before.apps.values, groups: [:], version: now)
        #expect(partial.groups.keys.sorted().map(\.description) == ["/", "/shop", "/shop/back"])
    }

    @Test func `new apps of one change get different service ports`() throws {
        let tree = try tree(shop)
        #expect(Set(tree.apps.values.flatMap(\.servicePorts)) == [10000, 10001, 10002])
    }
}
