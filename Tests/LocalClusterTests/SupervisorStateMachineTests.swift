import Testing

@testable import LocalCluster

private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}

@Suite("The supervisor's decisions")
struct SupervisorStateMachineTests {
    private func plan(_ masters: Int = 3, _ agents: Int = 2) throws -> [ComponentPlan] {
        try ClusterLayout(masters: masters, agents: agents)
            .components(in: ClusterDirectory(root: "/c"), assets: "/a", taskShim: "/s")
    }

    @Test("the order of starting follows readiness, not time")
    func order() throws {
        var machine = SupervisorStateMachine(plan: try plan(1, 1))
        #expect(machine.handle(.tick, now: 0) == [.start("m1-exhibitor")])
        #expect(machine.handle(.tick, now: 100) == [])
        #expect(machine.handle(.started("m1-exhibitor", pid: 1), now: 100) == [.probe("m1-exhibitor")])
        #expect(machine.handle(.probed("m1-exhibitor", isReady: false), now: 101) == [])
        #expect(machine.handle(.probed("m1-exhibitor", isReady: true), now: 102) == [.start("m1-mesos-master")])
        _ = machine.handle(.started("m1-mesos-master", pid: 2), now: 102)
        let rest = machine.handle(.probed("m1-mesos-master", isReady: true), now: 103)
        #expect(Set(rest) == [.start("m1-marathon"), .start("m1-mesos-dns"), .start("a1-mesos-agent")])
        #expect(machine.components[0].readyAfter == 2)
    }

    @Test("a component that never gets ready fails after three attempts; one that was ready is started for ever")
    func patience() throws {
        var machine = SupervisorStateMachine(plan: try plan(1, 0))
        var now = 0.0
        for attempt in 1...3 {
            #expect(machine.handle(.tick, now: now) == [.start("m1-exhibitor")], "attempt \(attempt)")
            _ = machine.handle(.started("m1-exhibitor", pid: 1), now: now)
            _ = machine.handle(.exited("m1-exhibitor", reason: "exit status 1"), now: now)
            now += 20
        }
        #expect(machine.components[0].phase == .failed)
        #expect(machine.handle(.tick, now: now) == [])

        machine = SupervisorStateMachine(plan: try plan(1, 0))
        _ = machine.handle(.tick, now: 0)
        for round in 0..<20 {
            _ = machine.handle(.started("m1-exhibitor", pid: 1), now: now)
            _ = machine.handle(.probed("m1-exhibitor", isReady: true), now: now)
            _ = machine.handle(.exited("m1-exhibitor", reason: "signal 9"), now: now)
            #expect(machine.components[0].phase == .restarting, "round \(round)")
            now += 15
            #expect(machine.handle(.tick, now: now).contains(.start("m1-exhibitor")), "the pause is bounded")
        }
    }

    @Test(
        "whatever happens in whatever order, no component runs twice and a stop ends with nothing running",
        arguments: 1...200 as ClosedRange<UInt64>)
    func faults(seed: UInt64) throws {
        var generator = Generator(state: seed)
        var machine = SupervisorStateMachine(plan: try plan())
        var running: Set<String> = []
        var starting: Set<String> = []
        var terminating: Set<String> = []
        var now = 0.0
        var isFinished = false
        func carryOut(_ actions: [SupervisorStateMachine.Action]) {
            for action in actions {
                switch action {
                case .start(let name):
                    #expect(!running.contains(name) && !starting.contains(name), "seed \(seed): \(name) started twice")
                    starting.insert(name)
                case .terminate(let name): terminating.insert(name)
                case .probe: break
                case .finished: isFinished = true
                }
            }
        }
        func step(_ isStopping: Bool) {
            now += Double.random(in: 0...2, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0, 1:
                guard let name = starting.sorted().randomElement(using: &generator) else { return }
                starting.remove(name)
                if Bool.random(using: &generator) || isStopping {
                    running.insert(name)
                    carryOut(machine.handle(.started(name, pid: 1), now: now))
                } else {
                    carryOut(machine.handle(.startFailed(name, reason: "no memory"), now: now))
                }
            case 2:
                let candidates = isStopping ? terminating.intersection(running) : running
                guard let name = candidates.sorted().randomElement(using: &generator) else { return }
                running.remove(name)
                terminating.remove(name)
                carryOut(machine.handle(.exited(name, reason: "signal 9"), now: now))
            case 3, 4:
                guard let name = running.sorted().randomElement(using: &generator) else { return }
                carryOut(machine.handle(.probed(name, isReady: Int.random(in: 0..<4, using: &generator) > 0), now: now))
            default: carryOut(machine.handle(.tick, now: now))
            }
        }
        for _ in 0..<300 { step(false) }
        carryOut(machine.handle(.stop, now: now))
        for _ in 0..<5000 where !isFinished || !starting.isEmpty || !running.isEmpty { step(true) }
        #expect(running.isEmpty && isFinished, "seed \(seed): \(running) still run")
    }

    @Test("what others depend on is stopped last")
    func stopOrder() throws {
        var machine = SupervisorStateMachine(plan: try plan(1, 1))
        for component in machine.components {
            _ = machine.handle(.started(component.name, pid: 1), now: 0)
            _ = machine.handle(.probed(component.name, isReady: true), now: 0)
        }
        #expect(
            Set(machine.handle(.stop, now: 1)) == [.terminate("m1-marathon"), .terminate("m1-mesos-dns"), .terminate("a1-mesos-agent")])
        #expect(machine.handle(.exited("m1-marathon", reason: ""), now: 2) == [])
        _ = machine.handle(.exited("m1-mesos-dns", reason: ""), now: 2)
        #expect(machine.handle(.exited("a1-mesos-agent", reason: ""), now: 2) == [.terminate("m1-mesos-master")])
        #expect(machine.handle(.exited("m1-mesos-master", reason: ""), now: 3) == [.terminate("m1-exhibitor")])
        #expect(machine.handle(.exited("m1-exhibitor", reason: ""), now: 4) == [.finished])
    }

    @Test("layouts that make no quorum are refused")
    func layout() {
        for masters in [0, 2, 4, 7] { #expect(throws: ClusterLayout.Invalid.self) { try ClusterLayout(masters: masters) } }
        #expect(throws: ClusterLayout.Invalid.self) { try ClusterLayout(agents: -1) }
    }
}
