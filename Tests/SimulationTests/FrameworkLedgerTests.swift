import ResourceModel
import Testing

@testable import Simulation

@Suite("What a framework was promised")
struct FrameworkLedgerTests {
    private let now = ContinuousClock.now

    private func status(_ state: TaskState, uuid: String? = "u") -> TaskStatus {
        var status = TaskStatus(task_id: "t", state: state)
        status.uuid = uuid
        status.agent_id = "a"
        return status
    }

    private func running() -> FrameworkLedger {
        var ledger = FrameworkLedger()
        ledger.launched(["t"], on: "a", at: now)
        ledger.updated(status(.running), at: now, time: 0)
        ledger.acknowledged(status(.running), at: now + .milliseconds(5))
        return ledger
    }

    @Test("A launch that is lost before anything was acknowledged is legal")
    func undelivered() {
        var ledger = FrameworkLedger()
        ledger.launched(["t"], on: "a", at: now)
        ledger.updated(status(.lost, uuid: nil), at: now, time: 0)
        #expect(ledger.problems.isEmpty && ledger.undelivered == 1 && ledger.active.isEmpty)
    }

    @Test("A task that is lost after its TASK_RUNNING was acknowledged is a problem")
    func lost() {
        var ledger = running()
        ledger.updated(status(.lost, uuid: nil), at: now, time: 0)
        #expect(ledger.problems.count == 1)
    }

    @Test("A task that comes back after its end is a problem")
    func cameBack() {
        var ledger = running()
        ledger.updated(status(.finished), at: now, time: 0)
        #expect(ledger.problems.isEmpty && ledger.endedCount == 1)
        ledger.updated(status(.running, uuid: nil), at: now, time: 0)
        #expect(ledger.problems.count == 1)
    }

    @Test("An update that is told twice counts once")
    func twice() {
        var ledger = running()
        ledger.updated(status(.running), at: now, time: 0)
        ledger.acknowledged(status(.running), at: now)
        #expect(ledger.acknowledgedRunning == 1 && ledger.runningCount == 1 && ledger.launchToRunning.values == [.milliseconds(5)])
    }

    @Test("Tasks are killed once each, and only while they run")
    func kills() {
        var ledger = running()
        let (first, second) = (ledger.nextToKill(at: now), ledger.nextToKill(at: now))
        #expect(first?.0 == "t" && second == nil && !ledger.isSettled)
        #expect(ledger.overdueKills(before: now + .seconds(1)).count == 1)
        ledger.updated(status(.killed), at: now + .milliseconds(7), time: 0)
        #expect(ledger.isSettled && ledger.killToEnd.values == [.milliseconds(7)])
    }
}
