import AppModel
import DeploymentPlanner
import Testing

/// A cluster with one app under replacement: launches, starts, health, deaths and kills happen in any order.
private struct SimulatedApp {
    var app: AppDefinition
    var progress: ReplacementProgress
    var tasks: [PlannedTask]
    var queue = 0
    var launched = 0
    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        var app = makeApp(instances: Int.random(in: 0...12, using: &random), version: later)
        app.upgradeStrategy = UpgradeStrategy(
            minimumHealthCapacity: Double(Int.random(in: 0...20, using: &random)) / 20,
            maximumOverCapacity: Double(Int.random(in: 0...20, using: &random)) / 20)
        if random.chance(50) { app.healthChecks = [HealthCheck(portIndex: 0)] }
        if random.chance(30) { app.readinessChecks = [ReadinessCheck()] }
        if random.chance(50) { app.killSelection = .oldestFirst }
        let mixed = random.chance(40)
        tasks = makeTasks(random.chance(50) ? app.instances : Int.random(in: 0...15, using: &random))
        for index in tasks.indices {
            tasks[index].isHealthy = true
            guard mixed else { continue }
            if random.chance(30) { tasks[index].version = start + .seconds(50) }
            if random.chance(30) { tasks[index].isHealthy = false }
            if random.chance(20) { tasks[index].condition = .staging }
            if random.chance(10) { tasks[index].isKilling = true }
        }
        self.app = app
        progress = ReplacementProgress(beginning: app, tasks: tasks)
    }

    var minimum: Int { ReplacementProgress.minimumHealthy(instances: app.instances, strategy: app.upgradeStrategy) }

    func isServing(_ task: PlannedTask) -> Bool {
        guard task.condition == .running, !task.isKilling else { return false }
        if !app.healthChecks.isEmpty, !task.isHealthy { return false }
        return app.readinessChecks.isEmpty || task.version != app.version || task.isReady == true
    }

    var serving: Int { tasks.count(where: isServing) }

    mutating func apply(_ decision: StepDecision) {
        queue = decision.pendingLaunches
        for index in tasks.indices where decision.kills.contains(tasks[index].id) { tasks[index].isKilling = true }
    }

    /// Something happens; with `faults` also what nobody asked for. Says whether serving may have fallen by a fault.
    mutating func happen(faults: Bool) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<3:
            guard queue > 0 else { return }
            queue -= 1
            launched += 1
            tasks.append(PlannedTask(id: "new-\(launched)", version: app.version, condition: .staging))
        case 3..<6:
            let waiting = tasks.indices.filter { tasks[$0].version == app.version && !isServing(tasks[$0]) && !tasks[$0].isKilling }
            guard let index = waiting.randomElement(using: &random) else { return }
            if tasks[index].condition != .running {
                tasks[index].condition = .running
                tasks[index].startedAt = later + .seconds(launched)
            } else if !tasks[index].isHealthy {
                tasks[index].isHealthy = true
            } else {
                tasks[index].isReady = true
            }
        case 6..<9:
            let dying = tasks.indices.filter { tasks[$0].isKilling }
            if let index = dying.randomElement(using: &random) { tasks.remove(at: index) }
        default:
            guard faults, let index = tasks.indices.randomElement(using: &random) else { return }
            if random.chance(50) { tasks.remove(at: index) } else { tasks[index].isHealthy = false }
        }
    }
}

@Suite struct ReplacementPropertyTests {
    static let seeds = (0..<UInt64(400))

    @Test func `capacity holds and the replacement ends, whatever the order of events`() throws {
        for seed in Self.seeds {
            var cluster = SimulatedApp(seed: seed)
            let limit = max(cluster.progress.maxCapacity, cluster.tasks.count)
            // With old tasks that start or heal meanwhile the floor could only rise: what counts is what served at the start.
            let floor = min(cluster.minimum, cluster.serving)
            var isDone = false
            for event in 0..<4000 {
                let decision = ReplacementStep(app: cluster.app, progress: cluster.progress).next(cluster.tasks)
                isDone = decision.isDone
                if isDone { break }
                cluster.apply(decision)
                try #require(cluster.serving >= floor, "seed \(seed), event \(event): \(cluster.serving) serve, \(floor) must")
                try #require(cluster.tasks.count + cluster.queue <= limit, "seed \(seed), event \(event): above capacity")
                cluster.happen(faults: false)
            }
            try #require(isDone, "seed \(seed) does not end: \(cluster)")
            #expect(cluster.tasks.count == cluster.app.instances, "seed \(seed)")
            #expect(cluster.tasks.allSatisfy { $0.version == cluster.app.version }, "seed \(seed)")
        }
    }

    @Test func `with faults a kill never brings the serving tasks below the floor, and it still ends`() throws {
        for seed in Self.seeds {
            var cluster = SimulatedApp(seed: seed)
            let limit = max(cluster.progress.maxCapacity, cluster.tasks.count)
            let floor = min(cluster.minimum, cluster.progress.initialOld)
            var isDone = false
            for event in 0..<6000 {
                let decision = ReplacementStep(app: cluster.app, progress: cluster.progress).next(cluster.tasks)
                isDone = decision.isDone
                if isDone { break }
                let before = cluster.serving
                cluster.apply(decision)
                try #require(
                    cluster.serving >= min(before, floor),
                    "seed \(seed), event \(event): \(cluster.serving) of \(before) serve, floor \(floor)")
                try #require(cluster.tasks.count + cluster.queue <= limit, "seed \(seed), event \(event): above capacity")
                // The faults stop at some point: without that nothing could end.
                cluster.happen(faults: event < 300)
            }
            try #require(isDone, "seed \(seed) does not end: \(cluster)")
        }
    }

    @Test func `a decision asked for again after it was applied asks for nothing more`() throws {
        for seed in Self.seeds {
            var cluster = SimulatedApp(seed: seed)
            for _ in 0..<50 {
                let step = ReplacementStep(app: cluster.app, progress: cluster.progress)
                let decision = step.next(cluster.tasks)
                cluster.apply(decision)
                let again = step.next(cluster.tasks)
                try #require(again.kills.isEmpty, "seed \(seed)")
                try #require(again.pendingLaunches == decision.pendingLaunches, "seed \(seed)")
                cluster.happen(faults: true)
            }
        }
    }

    @Test func `rolling back in the middle leads to tasks of the old definition only`() throws {
        for seed in Self.seeds {
            var cluster = SimulatedApp(seed: seed)
            for _ in 0..<Int.random(in: 0...60, using: &cluster.random) {
                cluster.apply(ReplacementStep(app: cluster.app, progress: cluster.progress).next(cluster.tasks))
                cluster.happen(faults: true)
            }
            // The old definition comes back as a new version: everything there is old now.
            cluster.app.version = later + .seconds(1000)
            cluster.progress = ReplacementProgress(beginning: cluster.app, tasks: cluster.tasks)
            cluster.queue = 0
            var isDone = false
            for _ in 0..<4000 where !isDone {
                let decision = ReplacementStep(app: cluster.app, progress: cluster.progress).next(cluster.tasks)
                isDone = decision.isDone
                cluster.apply(decision)
                if !isDone { cluster.happen(faults: false) }
            }
            try #require(isDone, "seed \(seed) does not end: \(cluster)")
            #expect(cluster.tasks.allSatisfy { $0.version == cluster.app.version }, "seed \(seed)")
        }
    }
}
