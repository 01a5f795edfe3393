import ClusterState
import ResourceModel
import Testing

@testable import MesosMaster

@Suite("Master: maintenance")
struct MaintenanceTests {
    private static let machine = MachineID(hostname: "10.0.2.1", ip: "10.0.2.1")

    private func schedule(_ machines: [MachineID] = [machine], start: Int64 = 1, duration: Int64? = 3_600_000_000_000)
        -> MaintenanceSchedule
    {
        let unavailability = Unavailability(
            start: TimeInfo(nanoseconds: start), duration: duration.map { DurationInfo(nanoseconds: $0) })
        return MaintenanceSchedule(windows: [.init(machine_ids: machines, unavailability: unavailability)])
    }

    @Test("A schedule is stored before it is answered; offers of its machines are made anew with the window")
    func scheduling() throws {
        var master = try MasterHarness()
        _ = try master.addAgent(1)
        _ = try master.subscribe("s")
        let before = try #require(master.offers("s").first)
        #expect(before.unavailability == nil)
        master.holdsCommits = true
        #expect(master.change(.setSchedule(schedule())) == nil)
        #expect(master.offers("s").map(\.id) == [before.id])
        master.release()
        #expect(master.maintenance.schedule == schedule())
        #expect(master.machines.machines.map(\.mode) == [.draining])
        #expect(master.events["s"]?.contains { $0.rescind?.offer_id == before.id } ?? false)
        #expect(master.offers("s").map(\.unavailability?.start.nanoseconds) == [1])
    }

    @Test("Who holds resources there gets one inverse offer, answers it, and is not asked again while the filter lasts")
    func inverseOffers() throws {
        var master = try MasterHarness()
        let (agent, _) = try master.addAgent(1)
        let framework = try master.subscribe("s")
        master.launch([master.task("t", on: agent)], master.offers("s"), framework, stream: "s")
        #expect(master.change(.setSchedule(schedule())) == .ok)
        func asked(_ master: MasterHarness) -> [InverseOffer] {
            (master.events["s"] ?? []).flatMap { $0.inverse_offers?.inverse_offers ?? [] }
        }
        let inverse = try #require(asked(master).first)
        #expect(inverse.agent_id == agent && inverse.framework_id == framework && inverse.unavailability.start.nanoseconds == 1)
        master.pass(3)
        #expect(asked(master).count == 1)
        master.call(.declineInverseOffers, framework, stream: "s") {
            $0.decline_inverse_offers = .init(inverse_offer_ids: [inverse.id], filters: Filters(refuse_seconds: 30))
        }
        let status = try #require(master.machine.maintenanceStatus.draining_machines.first)
        #expect(status.id == Self.machine && status.statuses.map(\.status) == [.decline])
        master.pass(20)
        #expect(asked(master).count == 1)
        master.pass(11)
        #expect(asked(master).count == 2)
        let second = try #require(asked(master).last)
        #expect(master.change(.setSchedule(MaintenanceSchedule())) == .ok)
        #expect(master.events["s"]?.contains { $0.rescind_inverse_offer?.inverse_offer_id == second.id } ?? false)
        #expect(master.machine.maintenanceStatus == MaintenanceStatus())
    }

    @Test("A machine goes down: FAILURE, TASK_LOST, no registration until it is up")
    func downAndUp() throws {
        var master = try MasterHarness()
        let (agent, link) = try master.addAgent(1)
        let framework = try master.subscribe("s")
        master.launch([master.task("t", on: agent)], master.offers("s"), framework, stream: "s")
        #expect(master.change(.machinesDown([Self.machine]))?.status == 400)
        #expect(master.change(.setSchedule(schedule())) == .ok)
        #expect(master.change(.machinesUp([Self.machine]))?.status == 400)
        #expect(master.change(.machinesDown([Self.machine])) == .ok)
        #expect(master.commands(link, .shutdown).map(\.message) == ["Operator initiated 'Machine DOWN'"])
        #expect(master.events["s"]?.contains { $0.failure?.agent_id == agent } ?? false)
        let lost = try #require(master.updates("s").last)
        #expect(lost.state == .lost && lost.message == "Slave 10.0.2.1 removed: Operator initiated 'Machine DOWN'")
        #expect(master.machine.maintenanceStatus.down_machines == [Self.machine])
        #expect(master.change(.setSchedule(MaintenanceSchedule()))?.status == 400)

        let refused = master.subscribeAgent(1)
        #expect(master.commands(refused, .shutdown).map(\.message) == ["Machine is `DOWN`"])
        #expect(master.closedLinks.contains(refused))
        #expect(master.change(.machinesUp([Self.machine])) == .ok)
        #expect(master.maintenance.schedule.windows.isEmpty && master.machines.machines.isEmpty)
        let welcome = master.subscribeAgent(1)
        #expect(master.commands(welcome, .registered).count == 1)
    }

    @Test("The schedule survives a change of the master")
    func takeover() throws {
        var first = try MasterHarness()
        _ = try first.addAgent(1)
        #expect(first.change(.setSchedule(schedule())) == .ok)
        #expect(first.change(.machinesDown([Self.machine])) == .ok)
        var second = try MasterHarness(leads: false)
        second.take(
            .mirror(KernelBatch(changes: [.maintenance(first.maintenance), .machines(first.machines)], isSnapshot: true)))
        second.lead(epoch: 9)
        #expect(second.machine.maintenanceStatus.down_machines == [Self.machine])
        let refused = second.subscribeAgent(1)
        #expect(second.commands(refused, .shutdown).count == 1)
    }

    @Test("Changes that cross on the way to the store do not undo each other")
    func crossing() throws {
        var master = try MasterHarness()
        master.holdsCommits = true
        #expect(master.change(.setSchedule(schedule())) == nil)
        #expect(master.change(.machinesDown([Self.machine])) == nil)
        master.release()
        #expect(master.machine.maintenance.machines[Self.machine]?.mode == .down)
    }

    @Test(
        "Bad schedules are refused and change nothing",
        arguments: [
            ([], 1, nil), ([MachineID()], 1, nil), ([MachineID(hostname: "a"), MachineID(hostname: "A")], 1, nil),
            ([MachineID(ip: "10.0.0")], 1, nil), ([MachineID(hostname: "a")], 1, -1),
        ] as [([MachineID], Int64, Int64?)])
    func badSchedules(machines: [MachineID], start: Int64, duration: Int64?) throws {
        var master = try MasterHarness()
        let answer = master.change(.setSchedule(schedule(machines, start: start, duration: duration)))
        let reply = try #require(answer)
        #expect(reply.status == 400 && !reply.message.isEmpty)
        #expect(master.maintenance.schedule.windows.isEmpty)
    }
}
