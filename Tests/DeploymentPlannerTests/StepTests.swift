import AppModel
import DeploymentPlanner
import Testing

@Suite struct ReplacementTableTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var n: Int, old: Int, minimum: Double, over: Double, resident = false, kills: Int, started: Int
        var testDescription: String { "n \(n), old \(old), \(minimum)/\(over)" }
    }

    /// The table of contracts/marathon.md §12.3.
    @Test(arguments: [
        Row(n: 3, old: 3, minimum: 1, over: 1, kills: 0, started: 3), Row(n: 3, old: 3, minimum: 0.5, over: 0, kills: 1, started: 0),
        Row(n: 3, old: 3, minimum: 1, over: 0, kills: 0, started: 1), Row(n: 3, old: 3, minimum: 1, over: 0.7, kills: 0, started: 2),
        Row(n: 10, old: 10, minimum: 0, over: 0, kills: 10, started: 0),
        Row(n: 1, old: 1, minimum: 1, over: 0, resident: true, kills: 1, started: 0),
        Row(n: 0, old: 4, minimum: 1, over: 1, kills: 4, started: 0), Row(n: 5, old: 3, minimum: 1, over: 1, kills: 0, started: 5),
        Row(n: 3, old: 6, minimum: 1, over: 1, kills: 3, started: 0), Row(n: 100, old: 100, minimum: 0.55, over: 0, kills: 45, started: 0),
    ])
    func `the first decision`(row: Row) {
        var app = makeApp(instances: row.n, version: later)
        app.upgradeStrategy = UpgradeStrategy(minimumHealthCapacity: row.minimum, maximumOverCapacity: row.over)
        app.residency = row.resident ? Residency() : nil
        let tasks = makeTasks(row.old)
        let decision = ReplacementStep(app: app, progress: ReplacementProgress(beginning: app, tasks: tasks)).next(tasks)
        #expect(decision.kills.count == row.kills)
        #expect(decision.pendingLaunches == row.started)
        #expect(!decision.isDone)
    }

    @Test func `a rollback never kills a good task while a bad one is left`() {
        var app = makeApp(instances: 4, version: later)
        app.healthChecks = [HealthCheck(portIndex: 0)]
        app.upgradeStrategy = UpgradeStrategy(minimumHealthCapacity: 0.5, maximumOverCapacity: 0)
        var good = makeTasks(2)
        var bad = makeTasks(2, version: start + .seconds(50))
        for index in good.indices { good[index].isHealthy = true }
        for index in bad.indices { bad[index].isHealthy = false }
        let progress = ReplacementProgress(beginning: app, tasks: good + bad)
        #expect(Set(ReplacementStep(app: app, progress: progress).next(good + bad).kills) == Set(bad.map(\.id)))
    }

    @Test func `an app without instances is done when its old tasks are gone`() {
        let app = makeApp(instances: 0, version: later)
        let step = ReplacementStep(app: app, progress: ReplacementProgress(beginning: app, tasks: makeTasks(2)))
        #expect(step.next([]).isDone)
    }
}

@Suite struct ScaleStepTests {
    @Test func `up launches what is missing`() {
        #expect(ScaleStep(app: makeApp(instances: 5)).next(makeTasks(2)) == StepDecision(pendingLaunches: 3))
    }

    @Test func `down kills the youngest first`() {
        let tasks = makeTasks(4)
        #expect(ScaleStep(app: makeApp(instances: 2)).next(tasks).kills == [tasks[3].id, tasks[2].id])
        var app = makeApp(instances: 2)
        app.killSelection = .oldestFirst
        #expect(ScaleStep(app: app).next(tasks).kills == [tasks[0].id, tasks[1].id])
    }

    @Test func `down kills what does not run before what runs`() {
        var tasks = makeTasks(3)
        tasks[0].condition = .staging
        tasks[0].startedAt = nil
        tasks[1].condition = .starting
        #expect(ScaleStep(app: makeApp(instances: 1)).next(tasks).kills == [tasks[0].id, tasks[1].id])
    }

    @Test func `chosen victims go, and only they`() {
        let tasks = makeTasks(4)
        let decision = ScaleStep(app: makeApp(instances: 3), victims: [tasks[0].id]).next(tasks)
        #expect(decision == StepDecision(kills: [tasks[0].id]))
    }

    @Test func `it waits for kills before it is done and asks for none twice`() {
        var tasks = makeTasks(3)
        tasks[2].isKilling = true
        let step = ScaleStep(app: makeApp(instances: 2))
        #expect(step.next(tasks) == StepDecision())
        #expect(step.next(Array(tasks.prefix(2))) == StepDecision(isDone: true))
    }

    @Test func `an unreachable task is replaced, and the surplus goes when it returns`() {
        var tasks = makeTasks(2)
        tasks[0].condition = .unreachable
        let step = ScaleStep(app: makeApp(instances: 2))
        #expect(step.next(tasks).pendingLaunches == 1)
        #expect(step.next(makeTasks(3)).kills.count == 1)
    }

    @Test func `an unreachable resident task is waited for`() {
        var app = makeApp(instances: 2)
        app.residency = Residency()
        var tasks = makeTasks(2)
        tasks[0].condition = .unreachable
        #expect(ScaleStep(app: app).next(tasks).pendingLaunches == 0)
    }

    @Test func `new tasks count when healthy, those before the change as they are`() {
        var app = makeApp(instances: 2, version: later)
        app.healthChecks = [HealthCheck(portIndex: 0)]
        var tasks = makeTasks(1) + makeTasks(1, version: later)
        #expect(!ScaleStep(app: app).next(tasks).isDone)
        tasks[1].isHealthy = true
        #expect(ScaleStep(app: app).next(tasks).isDone)
    }

    @Test func `scaling down keeps GROUP_BY even`() {
        var app = makeApp(instances: 4)
        app.constraints = [Constraint("rack", .groupBy)]
        var tasks = makeTasks(6)
        // Racks x, x, x, x, y, y: youngest first would empty y.
        for index in tasks.indices { tasks[index].attributes["rack"] = index < 4 ? "x" : "y" }
        let kills = Set(ScaleStep(app: app).next(tasks).kills)
        let left = tasks.filter { !kills.contains($0.id) }.compactMap { $0.attributes["rack"] }
        #expect(left.sorted() == ["x", "x", "y", "y"])
    }

    @Test func `stop kills all and ends when none is left`() {
        var tasks = makeTasks(2)
        tasks[0].isKilling = true
        #expect(StopStep().next(tasks) == StepDecision(kills: [tasks[1].id]))
        #expect(StopStep().next([]).isDone)
    }
}
