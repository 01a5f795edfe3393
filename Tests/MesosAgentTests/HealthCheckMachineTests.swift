import ResourceModel
import Testing

@testable import MesosAgent

@Suite("Health checks") struct HealthCheckMachineTests {
    private let start = ContinuousClock.now
    private func machine(failures: Int = 3, grace: Double = 10) -> HealthCheckMachine {
        var info = HealthCheckInfo()
        info.delay_seconds = 5
        info.interval_seconds = 2
        info.grace_period_seconds = grace
        info.consecutive_failures = failures
        return HealthCheckMachine(info, start: start)
    }

    @Test func `the first check comes after the delay, the next one interval after a result`() {
        var machine = machine()
        #expect(machine.nextCheck == start + .seconds(5))
        _ = machine.result(healthy: true, now: start + .seconds(6))
        #expect(machine.nextCheck == start + .seconds(8))
    }

    @Test func `health is reported when it begins and when it returns`() {
        var machine = machine(grace: 0)
        #expect(machine.result(healthy: true, now: start) == [.report(healthy: true)])
        #expect(machine.result(healthy: true, now: start) == [])
        #expect(machine.result(healthy: false, now: start) == [.report(healthy: false)])
        #expect(machine.result(healthy: true, now: start) == [.report(healthy: true)])
    }

    @Test func `failures within the grace period do not count, unless the task has been healthy`() {
        var machine = machine(failures: 1)
        #expect(machine.result(healthy: false, now: start + .seconds(9)) == [])
        #expect(machine.result(healthy: true, now: start + .seconds(9)) == [.report(healthy: true)])
        #expect(machine.result(healthy: false, now: start + .seconds(9)) == [.report(healthy: false), .kill])
    }

    @Test func `as many failures in a row as allowed kill, a success between starts over`() {
        var machine = machine(failures: 2, grace: 0)
        #expect(machine.result(healthy: false, now: start) == [.report(healthy: false)])
        #expect(machine.result(healthy: true, now: start) == [.report(healthy: true)])
        #expect(machine.result(healthy: false, now: start) == [.report(healthy: false)])
        #expect(machine.result(healthy: false, now: start) == [.report(healthy: false), .kill])
        #expect(machine.result(healthy: false, now: start) == [])
    }

    @Test func `a limit of 0 never kills`() {
        var machine = machine(failures: 0, grace: 0)
        for _ in 0..<50 { #expect(machine.result(healthy: false, now: start) == [.report(healthy: false)]) }
    }
}
