import AppModel
import DeploymentPlanner
import Testing

@Suite struct DeploymentPlanTests {
    func tree(_ apps: AppDefinition...) -> AppTree {
        var tree = AppTree(version: start)
        for app in apps { tree.put(app) }
        return tree
    }

    func steps(_ before: AppTree, _ after: AppTree, changes: [AppID: AppChange]? = nil) -> [[String]] {
        DeploymentPlan.make(id: "d", from: before, to: after, changes: changes, version: later).steps.map { step in
            step.actions.map { "\($0.action.rawValue) \($0.app)" }
        }
    }

    @Test func `a new app is started, then scaled`() {
        #expect(steps(tree(), tree(makeApp())) == [["StartApplication /a"], ["ScaleApplication /a"]])
    }

    @Test func `a removed app is stopped in a single step`() {
        #expect(steps(tree(makeApp()), tree()) == [["StopApplication /a"]])
    }

    @Test func `nothing changed means no steps`() {
        #expect(steps(tree(makeApp()), tree(makeApp())) == [])
    }

    @Test func `only the number changed means scaling, anything else a restart`() {
        #expect(steps(tree(makeApp()), tree(makeApp(instances: 3))) == [["ScaleApplication /a"]])
        var changed = makeApp(instances: 3)
        changed.cmd = "other"
        #expect(steps(tree(makeApp()), tree(changed)) == [["RestartApplication /a"]])
    }

    @Test func `a marked restart replaces an unchanged app`() {
        #expect(steps(tree(makeApp()), tree(makeApp()), changes: [id("/a"): .restart]) == [["RestartApplication /a"]])
    }

    @Test func `apps follow what they depend on, level by level`() {
        var web = makeApp("/shop/web")
        web.dependencies = [id("/shop/db"), id("/shop/cache")]
        var cache = makeApp("/shop/cache")
        cache.dependencies = [id("/shop/db")]
        let after = tree(web, cache, makeApp("/shop/db"), makeApp("/other"))
        #expect(
            steps(tree(makeApp("/old")), after) == [
                ["StopApplication /old"],
                ["StartApplication /other", "StartApplication /shop/cache", "StartApplication /shop/db", "StartApplication /shop/web"],
                ["ScaleApplication /other", "ScaleApplication /shop/db"], ["ScaleApplication /shop/cache"], ["ScaleApplication /shop/web"],
            ])
    }

    @Test func `chosen victims travel with the scaling`() {
        let plan = DeploymentPlan.make(
            id: "d", from: tree(makeApp(instances: 3)), to: tree(makeApp(instances: 2)), victims: [id("/a"): ["a.1"]], version: later)
        #expect(plan.steps.first?.actions.first?.victims == ["a.1"])
    }

    @Test func `two deployments of one app conflict`() {
        let first = DeploymentPlan.make(id: "1", from: tree(), to: tree(makeApp()), version: later)
        let second = DeploymentPlan.make(id: "2", from: tree(makeApp()), to: tree(makeApp(instances: 2)), version: later)
        let other = DeploymentPlan.make(id: "3", from: tree(), to: tree(makeApp("/b")), version: later)
        var locks = AppLocks([first])
        #expect(locks.conflicts(with: second) == ["1"])
        #expect(locks.conflicts(with: other) == [])
        #expect(AppsLocked(deployments: ["1"]).body["deployments"] == [["id": "1"]])
        locks.unlock(deployment: "1")
        #expect(locks.conflicts(with: second) == [])
    }

    @Test func `a rollback takes back this deployment's changes only`() {
        var before = tree(makeApp("/g/a"), makeApp("/g/b"), makeApp("/g/gone"))
        before.putGroup(id("/g"), dependencies: [id("/x")], version: start)
        var after = before
        var changed = makeApp("/g/a", version: later)
        changed.cmd = "bad"
        after.put(changed)
        after.put(makeApp("/new/deep/app", version: later))
        after.removeApp(id("/g/gone"), version: later)
        after.putGroup(id("/g"), dependencies: [id("/x"), id("/y")], version: later)
        let plan = DeploymentPlan.make(id: "1", from: before, to: after, version: later)
        let delta = DeploymentDelta(from: before, to: after, plan: plan)

        var current = after
        let elsewhere = makeApp("/g/b", instances: 7, version: later + .seconds(1))
        current.put(elsewhere)
        let reverted = delta.reverted(on: current, version: later + .seconds(2))
        #expect(reverted.apps[id("/g/a")] == before.apps[id("/g/a")])
        #expect(reverted.apps[id("/g/gone")] == before.apps[id("/g/gone")])
        #expect(reverted.apps[id("/g/b")] == elsewhere)
        #expect(reverted.apps[id("/new/deep/app")] == nil)
        #expect(reverted.groups.keys.sorted() == [.root, id("/g")])
        #expect(reverted.groups[id("/g")]?.dependencies == [id("/x")])
    }

    @Test func `an added group that somebody else uses meanwhile stays`() {
        let before = tree()
        let after = tree(makeApp("/new/app", version: later))
        var grown = before
        grown.put(makeApp("/new/app", version: later))
        let delta = DeploymentDelta(
            from: before, to: grown, plan: DeploymentPlan.make(id: "1", from: before, to: after, version: later))
        var current = grown
        current.put(makeApp("/new/other", version: later + .seconds(1)))
        let reverted = delta.reverted(on: current, version: later + .seconds(2))
        #expect(reverted.apps.keys.map(\.description) == ["/new/other"])
        #expect(reverted.groups[id("/new")] != nil)
    }
}
