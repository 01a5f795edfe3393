import Allocator
import ClusterState
import ResourceModel
import Testing

@testable import MesosMaster

/// Random worlds: agents and schedulers come, go and act, masters take over; the invariants hold after every step.
@Suite("Master: random worlds")
struct MasterSimulationTests {
    @Test("Resources are never promised twice and no task is in limbo", arguments: 0..<60)
    func invariants(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var master = try MasterHarness(seed: seed) { $0.offerTimeout = 20 }
        var world = World()
        for step in 0..<300 {
            try world.step(&master, &generator)
            check(master, "seed \(seed), step \(step)")
        }
        // When all agents are back and have told what they run, every task the master knows runs on its agent.
        try world.settle(&master)
        for framework in master.machine.frameworks.values {
            for task in framework.tasks.values where !task.record.state.isTerminal {
                #expect(world.isRunning(task.record.key, on: task.agent), "seed \(seed): \(task.record.key) is in limbo")
            }
        }
    }

    private func check(_ master: MasterHarness, _ context: String) {
        for (id, agent) in master.machine.agents {
            var rest = agent.total
            for offer in agent.offers.compactMap({ master.machine.offers[$0] }) {
                #expect(rest.contains(offer.resources), "\(context): offers of \(id)")
                #expect(agent.isActive, "\(context): offer of an inactive agent")
                rest -= offer.resources
            }
            for framework in master.machine.frameworks.values {
                for task in framework.tasks.values where task.agent == id && task.isCharged {
                    #expect(rest.contains(task.resources), "\(context): \(task.record.key) on \(id)")
                    rest -= task.resources
                }
            }
            #expect(rest == master.machine.allocator.available(on: id), "\(context): available on \(id)")
        }
        for (id, offer) in master.machine.offers {
            #expect(master.machine.frameworks[offer.offer.framework_id]?.offers.contains(id) == true, "\(context): \(id)")
            #expect(master.machine.frameworks[offer.offer.framework_id]?.isConnected == true, "\(context): \(id)")
        }
    }
}

/// The peers of a simulated master.
private struct World {
    struct Agent {
        var number: Int
        var id: AgentID?
        var link: LinkID?
        /// By `<framework>/<task>`.
        var tasks: [String: AgentRegistration.RunningTask] = [:]
        /// Commands already carried out.
        var done = 0
    }
    struct Framework {
        var id: FrameworkID
        var stream: StreamID?
    }

    var agents: [Agent] = []
    var frameworks: [Framework] = []
    var nextStream = 0
    var nextTask = 0
    var epoch: Int64 = 7

    func isRunning(_ key: String, on agent: AgentID) -> Bool { agents.contains { $0.id == agent && $0.tasks[key] != nil } }

    mutating func step(_ master: inout MasterHarness, _ generator: inout SplitMix64) throws {
        switch Int.random(in: 0..<16, using: &generator) {
        case 0 where agents.count < 4:
            agents.append(Agent(number: agents.count + 1))
            subscribe(agents.count - 1, &master)
        case 1:
            guard let index = agents.indices.randomElement(using: &generator), agents[index].link == nil else { return }
            subscribe(index, &master)
        case 2:
            guard let index = agents.indices.randomElement(using: &generator), let link = agents[index].link else { return }
            // What was under way is lost with the connection.
            agents[index].link = nil
            master.take(.agentLinkClosed(link))
        case 3:
            guard let id = agents.randomElement(using: &generator)?.id else { return }
            master.live(id, Bool.random(using: &generator))
        case 4 where frameworks.count < 3:
            nextStream += 1
            let id = try master.subscribe("s\(nextStream)", failoverTimeout: 30)
            frameworks.append(Framework(id: id, stream: "s\(nextStream)"))
        case 5:
            guard let index = frameworks.indices.randomElement(using: &generator), let stream = frameworks[index].stream else { return }
            frameworks[index].stream = nil
            master.take(.schedulerStreamClosed(stream))
        case 6:
            guard let index = frameworks.indices.randomElement(using: &generator), frameworks[index].stream == nil else { return }
            nextStream += 1
            do {
                _ = try master.subscribe("s\(nextStream)", id: frameworks[index].id, failoverTimeout: 30)
                frameworks[index].stream = "s\(nextStream)"
            } catch {
                frameworks.remove(at: index)
            }
        case 7:
            guard Int.random(in: 0..<8, using: &generator) == 0 else { return }
            failOver(&master)
        case 8:
            guard let index = frameworks.indices.randomElement(using: &generator), Int.random(in: 0..<8, using: &generator) == 0 else {
                return
            }
            _ = master.teardown(frameworks[index].id)
            frameworks.remove(at: index)
        case 9:
            guard let framework = frameworks.randomElement(using: &generator), let stream = framework.stream else { return }
            master.call(Bool.random(using: &generator) ? .revive : .suppress, framework.id, stream: stream)
        case 10:
            master.pass(Double(Int.random(in: 1...12, using: &generator)))
        case 11:
            guard let index = agents.indices.randomElement(using: &generator), let id = agents[index].id, agents[index].link != nil,
                let key = agents[index].tasks.keys.sorted().randomElement(using: &generator), let task = agents[index].tasks[key]
            else { return }
            agents[index].tasks[key] = nil
            master.report(id, task.framework_id, task.task.task_id, .finished, uuid: "\(nextTask)-\(key)")
        default:
            guard let framework = frameworks.randomElement(using: &generator), let stream = framework.stream,
                let offer = master.offers(stream).randomElement(using: &generator)
            else { return }
            var tasks: [TaskInfo] = []
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                nextTask += 1
                tasks.append(
                    master.task(
                        "t\(nextTask)", on: offer.agent_id, cpus: Double(Int.random(in: 1...6, using: &generator)) / 2, mem: 100))
            }
            master.launch(tasks, [offer], framework.id, stream: stream, refuse: Double(Int.random(in: 0...3, using: &generator)))
        }
        if Bool.random(using: &generator) { obey(&master) }
    }

    /// Every agent comes back, lives, and carries out what it is told.
    mutating func settle(_ master: inout MasterHarness) throws {
        for index in agents.indices {
            if agents[index].link == nil { subscribe(index, &master) }
            if let id = agents[index].id { master.live(id) }
        }
        for _ in 0..<3 { obey(&master) }
    }

    private mutating func subscribe(_ index: Int, _ master: inout MasterHarness) {
        let infos = Set(agents[index].tasks.values.map(\.framework_id)).sorted().map { id in
            var info = FrameworkInfo(user: "root", name: "f")
            info.id = id
            return info
        }
        let link = master.subscribeAgent(
            agents[index].number, id: agents[index].id, tasks: agents[index].tasks.sorted { $0.key < $1.key }.map(\.value),
            frameworks: infos)
        agents[index].done = 0
        agents[index].link = link
        switch master.commands[link]?.first?.type {
        case .registered: agents[index].id = master.commands[link]?.first?.agent_id
        case .shutdown:
            // Removed: it kills everything and comes back as a new agent.
            agents[index] = Agent(number: agents[index].number)
        default: agents[index].link = nil
        }
    }

    /// Agents carry out the commands that have reached them.
    private mutating func obey(_ master: inout MasterHarness) {
        for index in agents.indices {
            guard let link = agents[index].link, let id = agents[index].id else { continue }
            if master.closedLinks.contains(link) {
                agents[index].link = nil
                continue
            }
            let commands = master.commands[link] ?? []
            for command in commands.dropFirst(agents[index].done) {
                agents[index].done += 1
                guard agents[index].link != nil else { break }
                carryOut(command, index, id, &master)
            }
        }
    }

    private mutating func carryOut(_ command: AgentCommand, _ index: Int, _ id: AgentID, _ master: inout MasterHarness) {
        switch command.type {
        case .launch:
            guard let framework = command.framework_id else { return }
            for task in command.tasks ?? [] {
                let running = AgentRegistration.RunningTask(framework_id: framework, task: task, state: .running, statuses: [])
                agents[index].tasks["\(framework)/\(task.task_id)"] = running
                master.report(id, framework, task.task_id, .running, uuid: "r-\(task.task_id)")
            }
        case .kill:
            guard let framework = command.framework_id, let task = command.task_id else { return }
            agents[index].tasks["\(framework)/\(task)"] = nil
            master.report(id, framework, task, .killed, uuid: "k-\(task)")
        case .shutdownFramework:
            agents[index].tasks = agents[index].tasks.filter { $0.value.framework_id != command.framework_id }
        case .reconcile:
            for expected in command.expected ?? [] where agents[index].tasks["\(expected.framework_id)/\(expected.task_id)"] == nil {
                master.report(id, expected.framework_id, expected.task_id, .lost, uuid: "l-\(expected.task_id)")
            }
        case .shutdown:
            agents[index] = Agent(number: agents[index].number)
        case .registered, .ping, .acknowledge, .resendUpdates, .message, .shutdownExecutor, .checkpointResources: break
        }
    }

    /// Another master, with nothing but what was stored, takes over.
    private mutating func failOver(_ master: inout MasterHarness) {
        epoch += 10
        var changes: [KernelChange] = []
        for (id, record) in master.agents { changes.append(.agent(id, record, zxid: epoch - 1)) }
        for (id, record) in master.frameworks { changes.append(.framework(id, record, zxid: epoch - 1)) }
        for (id, pending) in master.kills { changes.append(.kills(id, pending)) }
        changes += [
            .quotas(master.quotas), .weights(master.weights), .maintenance(master.maintenance), .machines(master.machines),
        ]
        for (id, node) in master.machine.mirror.live { changes.append(.live(id, node)) }
        for agent in agents {
            guard let id = agent.id, !agent.tasks.isEmpty else { continue }
            var chunk = TaskChunk(agent_id: id)
            for (key, running) in agent.tasks {
                chunk.tasks[key] =
                    TaskEntry(
                        info: running.task, framework: FrameworkInfo(user: "root", name: "f"), frameworkID: running.framework_id,
                        state: running.state
                    ).record
            }
            changes.append(.chunk(id, "_", chunk))
        }
        master.take(.deposed)
        master.take(.mirror(KernelBatch(changes: changes, isSnapshot: true)))
        for index in agents.indices { agents[index].link = nil }
        for index in frameworks.indices { frameworks[index].stream = nil }
        master.lead(epoch: epoch)
    }
}
