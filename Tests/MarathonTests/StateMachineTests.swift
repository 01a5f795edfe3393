import AppModel
import ClusterState
import Logging
import ResourceModel
import Testing

@testable import Marathon

/// A world around the state machine: a master that makes offers and runs what it is given, a store that takes every write.
struct World {
    var machine: MarathonStateMachine
    var now = Timestamp(milliseconds: 1_700_000_000_000)
    var random: SplitMix
    /// What the agents run.
    var running: [String: TaskInfo] = [:]
    /// Written by the machine: task ids of instance nodes.
    var stored: Set<String> = []
    var wantsOffers = false
    var nextOffer = 0
    var killOrders: Set<String> = []
    private let paths = MarathonPaths(root: "/marathon")

    init(seed: UInt64) {
        random = SplitMix(state: seed)
        machine = MarathonStateMachine(
            configuration: Configuration(), paths: paths, tree: AppTree(version: Timestamp(milliseconds: 1_600_000_000_000)))
        perform(machine.start(now))
        perform(machine.handle(.subscribed, now: now))
    }

    mutating func perform(_ actions: [EngineAction]) {
        for action in actions {
            switch action {
            case .store(let writes, let then):
                for write in writes where write.path.hasPrefix(paths.instances + "/") {
                    let id = String(write.path.split(separator: "/").last ?? "")
                    if write.data == nil { stored.remove(id) } else { stored.insert(id) }
                }
                perform(then)
            case .call(let call): perform(call)
            case .settle(let id):
                let isDone = machine.deployments.first { $0.id == id }?.isDone ?? false
                if isDone { perform(machine.ended(id, event: PlanEvents.success, now: now)) }
            case .acknowledge, .publish, .check, .probe, .wake: break
            }
        }
    }

    private mutating func perform(_ call: MesosCall) {
        switch call {
        case .accept(_, let tasks):
            for task in tasks {
                #expect(stored.contains(task.task_id.value), "launched before it was stored")
                #expect(running[task.task_id.value] == nil, "launched twice")
                running[task.task_id.value] = task
            }
        case .kill(let task, _, _): killOrders.insert(task)
        case .revive: wantsOffers = true
        case .suppress: wantsOffers = false
        case .decline, .reconcile: break
        }
    }

    mutating func change(_ wanted: DefinitionChange) throws {
        let draft = try machine.draft(wanted, now: now)
        perform(machine.apply(draft, now: now))
    }

    mutating func put(_ id: String, instances: Int, cmd: String = "sleep 1", force: Bool = false) throws {
        let id = try AppID(id)
        var update = AppUpdate(id: id)
        update.cmd = cmd
        update.instances = instances
        update.cpus = 0.1
        update.mem = 16
        try change(
            DefinitionChange(
                edit: { [update] tree, version in
                    try tree.applying(update, to: id, partial: true, records: [:], version: version)
                }, force: force, group: .root))
    }

    mutating func remove(_ id: String) throws {
        let id = try AppID(id)
        try change(
            DefinitionChange(
                edit: { tree, version in
                    var tree = tree
                    tree.removeApp(id, version: version)
                    return tree
                }, force: true, group: .root))
    }

    mutating func offer() {
        guard wantsOffers else { return }
        nextOffer += 1
        let offer = Offer(
            id: OfferID("o\(nextOffer)"), framework_id: "f", agent_id: AgentID("s\(nextOffer % 3)"), hostname: "h\(nextOffer % 3)",
            resources: [.scalar("cpus", 2), .scalar("mem", 2048), .ranges("ports", [31000...31100])])
        perform(machine.handle(.offers([offer]), now: now))
    }

    mutating func report(_ task: String, _ state: TaskState, reason: String? = nil) {
        var status = TaskStatus(task_id: TaskID(task), state: state)
        status.agent_id = running[task]?.agent_id ?? "s0"
        status.uuid = "AAAAAAAAAAAAAAAAAAAAAA=="
        status.reason = reason
        if state.isTerminal { running[task] = nil }
        killOrders.remove(task)
        perform(machine.handle(.status(status), now: now))
    }

    /// One good thing that can happen now; false when nothing can.
    mutating func progress() -> Bool {
        now = now + .milliseconds(200)
        perform(machine.handle(.tick, now: now))
        if let task = killOrders.sorted().first {
            report(task, .killed)
            return true
        }
        if let task = machine.instances.values.filter({ $0.state == .staging && running[$0.id] != nil }).map(\.id).sorted().first {
            report(task, .running)
            return true
        }
        let before = running.count
        offer()
        return running.count != before || !machine.demands.isEmpty || !machine.deployments.isEmpty
    }

    mutating func settle() {
        for _ in 0..<5000 where !progress() { return }
    }
}

/// A small repeatable generator.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct StateMachineTests {
    @Test func aNewAppRunsAndItsDeploymentEnds() throws {
        var world = World(seed: 1)
        try world.put("/a", instances: 3)
        #expect(world.machine.deployments.count == 1)
        world.settle()
        #expect(world.running.count == 3)
        #expect(world.machine.deployments.isEmpty)
        #expect(world.machine.demands.isEmpty)
        #expect(!world.wantsOffers)
    }

    @Test func anUnchangedDefinitionRestartsNothing() throws {
        var world = World(seed: 2)
        try world.put("/a", instances: 2)
        world.settle()
        let tasks = Set(world.running.keys)
        try world.put("/a", instances: 2)
        world.settle()
        #expect(Set(world.running.keys) == tasks)
    }

    @Test func aChangedDefinitionReplacesEveryTaskAndKeepsEnoughRunning() throws {
        var world = World(seed: 3)
        try world.put("/a", instances: 3)
        world.settle()
        let old = Set(world.running.keys)
        try world.put("/a", instances: 3, cmd: "sleep 2")
        var least = Int.max
        for _ in 0..<5000 {
            let goesOn = world.progress()
            least = min(least, world.machine.instances.values.count { $0.isRunning })
            if !goesOn { break }
        }
        #expect(least >= 3)
        #expect(world.running.count == 3)
        #expect(old.isDisjoint(with: world.running.keys))
    }

    @Test func aLockedAppIsRefusedWithTheDeploymentInTheWay() throws {
        var world = World(seed: 4)
        try world.put("/a", instances: 1)
        let error = #expect(throws: APIError.self) { try world.put("/a", instances: 2) }
        #expect(error?.status == 409)
        #expect(error?.body["deployments"]?[0]?["id"]?.string == world.machine.deployments.first?.id)
        try world.put("/a", instances: 2, force: true)
        #expect(world.machine.deployments.count == 1)
    }

    @Test func aTaskThatEndsIsReplacedAfterItsDelay() throws {
        var world = World(seed: 5)
        try world.put("/a", instances: 1)
        world.settle()
        let task = try #require(world.running.keys.first)
        world.report(task, .failed)
        world.offer()
        #expect(world.running.isEmpty, "launched within the delay")
        world.settle()
        #expect(world.running.count == 1)
        #expect(world.machine.failures[try AppID("/a")]?.taskId == task)
    }

    @Test func aTaskThatNobodyKnowsIsKilled() {
        var world = World(seed: 6)
        world.report("ghost.123", .running)
        #expect(world.killOrders == ["ghost.123"])
    }

    @Test func aLostTaskIsReplacedAtOnceAndTheSurplusGoesWhenItIsBack() throws {
        var world = World(seed: 7)
        try world.put("/a", instances: 1)
        world.settle()
        let task = try #require(world.running.keys.first)
        let info = world.running[task]
        world.report(task, .lost, reason: "REASON_AGENT_REMOVED")
        world.settle()
        #expect(world.machine.instances.count == 2)
        world.running[task] = info
        world.report(task, .running)
        world.settle()
        #expect(world.running.count == 1)
        #expect(world.machine.instances.count == 1)
    }

    @Test func aRemovedAppLeavesNothing() throws {
        var world = World(seed: 8)
        try world.put("/a", instances: 3)
        world.settle()
        try world.remove("/a")
        #expect(world.machine.tree.apps.isEmpty)
        world.settle()
        #expect(world.running.isEmpty)
        #expect(world.stored.isEmpty)
        #expect(world.machine.deployments.isEmpty)
    }

    /// Whatever is changed, fails, ends or gets lost: when it is quiet again, what runs is what is defined and stored.
    @Test(arguments: 1...200)
    func convergesAfterRandomEvents(seed: UInt64) throws {
        var world = World(seed: seed)
        let names = ["/a", "/b", "/g/c"]
        for _ in 0..<40 {
            let name = names.randomElement(using: &world.random) ?? "/a"
            let task = world.running.keys.sorted().randomElement(using: &world.random)
            switch Int.random(in: 0..<10, using: &world.random) {
            case 0, 1:
                try world.put(
                    name, instances: Int.random(in: 0...4, using: &world.random),
                    cmd: Bool.random(using: &world.random) ? "sleep 1" : "sleep 2", force: true)
            case 2: if world.machine.tree.apps[try AppID(name)] != nil { try world.remove(name) }
            case 3: if let task { world.report(task, [.failed, .finished, .killed].randomElement(using: &world.random) ?? .failed) }
            case 4: if let task { world.report(task, .lost, reason: "REASON_AGENT_DISCONNECTED") }
            case 5:
                world.perform(world.machine.handle(.disconnected, now: world.now))
                world.perform(world.machine.handle(.subscribed, now: world.now))
                world.wantsOffers = true
            default: _ = world.progress()
            }
        }
        // Lost tasks are forgotten after 75 s; delays end.
        for _ in 0..<5 {
            world.settle()
            world.now = world.now + .seconds(100)
        }
        world.settle()
        for (id, app) in world.machine.tree.apps {
            let tasks = world.machine.instances(of: id)
            #expect(tasks.count == app.instances, "\(id), seed \(seed)")
            #expect(tasks.allSatisfy { $0.isRunning }, "\(id), seed \(seed)")
        }
        #expect(Set(world.running.keys) == Set(world.machine.instances.keys), "seed \(seed)")
        #expect(world.stored == Set(world.machine.instances.keys), "seed \(seed)")
        #expect(world.machine.deployments.isEmpty, "seed \(seed)")
        #expect(world.machine.kills.isEmpty, "seed \(seed)")
    }
}
