import EnsembleModel
import Platform
import Testing

@testable import Exhibitor

struct ProcessMonitorStateMachineTests {
    @Test func startsAServerThatIsNotThereAtOnce() {
        var host = SimulatedHost()
        #expect(host.starts == [.zero])
        host.advance(.seconds(5))
        #expect(host.machine.state == .serving)
    }

    @Test func adoptsARunningServer() {
        var host = SimulatedHost(running: 4711)
        host.advance(.seconds(5))
        #expect(host.machine.pid == 4711)
        #expect(host.machine.state == .serving)
        #expect(host.starts.isEmpty)
    }

    @Test func isLatentUntilConfigured() {
        var settings = ZooKeeperSettings.example()
        settings.dataDirectory = ""
        var host = SimulatedHost(settings: settings)
        host.advance(.seconds(120))
        #expect(host.machine.state == .latent)
        #expect(host.starts.isEmpty)
    }

    @Test func startsAgainAtOnceAfterTheFirstDeath() {
        var host = SimulatedHost()
        host.advance(.seconds(10))
        host.killServer()
        host.advance(.seconds(5))
        #expect(host.starts.count == 2)
        #expect(host.machine.state == .serving)
    }

    @Test func waitsLongerFromDeathToDeathUpToThirtySeconds() {
        var host = SimulatedHost()
        for _ in 0..<9 {
            while host.server == nil { host.advance(.milliseconds(10)) }
            host.advance(.milliseconds(300))
            host.killServer()
            host.advance(.milliseconds(100))
        }
        host.advance(.seconds(31))
        let waits = zip(host.starts, host.starts.dropFirst()).map { ($1 - $0).components.seconds }
        #expect(waits == [0, 1, 2, 4, 8, 16, 30, 30, 30])
    }

    @Test func forgetsEarlierDeathsAfterASteadyRun() {
        var host = SimulatedHost()
        for _ in 0..<4 {
            host.advance(.seconds(12))
            host.killServer()
        }
        host.advance(.seconds(80))
        let died = host.now
        host.killServer()
        host.advance(.seconds(1))
        #expect(host.starts.last.map { $0 - died < .milliseconds(200) } == true)
    }

    @Test func startsAgainWithABackOffWhenTheStartFails() {
        var host = SimulatedHost()
        host.advance(.seconds(10))
        host.failingStarts = 4
        host.killServer()
        host.advance(.seconds(20))
        #expect(host.machine.state == .serving)
        #expect(host.starts.count == 6)
        #expect(host.logs.contains { $0.contains("no java") })
    }

    @Test func restartsAServerThatHangsLongerThanTheLimitAndKillsItAfterTheGrace() {
        var host = SimulatedHost()
        host.advance(.seconds(31))
        host.setHealth(.hung)
        // The hang is seen by the next check, at 36 s at the latest.
        host.advance(.seconds(30))
        #expect(host.starts.count == 1)
        #expect(host.machine.state == .down)
        host.advance(.seconds(35))
        #expect(host.starts.count == 2)
        #expect(host.machine.state == .serving)
    }

    @Test func restartsAServerThatIsOutOfItsQuorumTooLong() {
        var host = SimulatedHost()
        host.advance(.seconds(31))
        host.setHealth(.outOfQuorum)
        host.advance(.seconds(35))
        #expect(host.machine.state == .notServing)
        #expect(host.starts.count == 1)
        host.advance(.seconds(45))
        #expect(host.starts.count == 2)
    }

    @Test func leavesAServerAloneThatRecoversInTime() {
        var host = SimulatedHost()
        host.advance(.seconds(31))
        host.setHealth(.hung)
        host.advance(.seconds(30))
        #expect(host.machine.state == .down)
        host.setHealth(.serving)
        host.advance(.seconds(200))
        #expect(host.starts.count == 1)
        #expect(host.machine.restartCount == 1)
    }

    @Test func doesNotRestartWhileTheSwitchIsOff() {
        var host = SimulatedHost()
        host.advance(.seconds(5))
        host.submit(.restartsSwitched(false))
        host.killServer()
        host.advance(.seconds(300))
        #expect(host.machine.state == .down)
        #expect(host.starts.count == 1)
        #expect(host.machine.restartCount > 1)
        host.submit(.restartsSwitched(true))
        host.advance(.seconds(5))
        #expect(host.machine.state == .serving)
    }

    @Test func startsAStoppedServerAgainAtTheNextLiveCheck() {
        var host = SimulatedHost()
        host.advance(.seconds(5))
        host.submit(.operatorStop)
        host.advance(.seconds(25))
        #expect(host.machine.state == .down)
        host.advance(.seconds(15))
        #expect(host.machine.state == .serving)
    }

    @Test func keepsAStoppedServerDownWhileTheSwitchIsOff() {
        var host = SimulatedHost()
        host.advance(.seconds(5))
        host.submit(.restartsSwitched(false))
        host.submit(.operatorStop)
        host.advance(.seconds(600))
        #expect(host.machine.state == .down)
        host.submit(.operatorStart)
        host.advance(.seconds(5))
        #expect(host.machine.state == .serving)
    }

    @Test func restartsOnOrderAlsoWhileTheSwitchIsOff() {
        var host = SimulatedHost(restartsEnabled: false)
        host.submit(.operatorStart)
        host.advance(.seconds(5))
        host.submit(.operatorRestart)
        host.advance(.seconds(5))
        #expect(host.starts.count == 2)
        #expect(host.machine.state == .serving)
    }

    @Test func stopsAServerOrderedToStopWhileItStarts() {
        var host = SimulatedHost(restartsEnabled: false)
        host.submit(.operatorStart)
        host.submit(.operatorStop)
        host.advance(.seconds(60))
        #expect(host.machine.state == .down)
        #expect(host.server == nil)
    }

    @Test func restartsNobodyWhoStaysWhenMembersComeAndGo() {
        var host = SimulatedHost()
        host.advance(.seconds(5))
        host.submit(.configured(.example(servers: "1:10.0.0.1,2:10.0.0.2,4:10.0.0.4"), .example))
        host.advance(.seconds(60))
        #expect(host.starts.count == 1)
    }

    @Test func restartsWhenItsOwnIdChanges() {
        var host = SimulatedHost()
        host.advance(.seconds(5))
        host.submit(.configured(.example(servers: "1:10.0.0.1,5:10.0.0.2,3:10.0.0.3"), .example))
        host.advance(.seconds(5))
        #expect(host.starts.count == 2)
        #expect(host.logs.contains("Server list has changed"))
    }

    @Test func restartsAnAdoptedServerThatRunsWithOtherSettings() {
        var machine = ProcessMonitorStateMachine(settings: .example(), timing: .example, restartsEnabled: true)
        #expect(machine.handle(.found(pid: 5, isCurrent: false), at: .zero).contains(.terminate(pid: 5)))
        #expect(!machine.runsCurrentSettings)
    }

    @Test func isLatentWhileItsStartIsPutOff() {
        var machine = ProcessMonitorStateMachine(settings: .example(), timing: .example, restartsEnabled: true)
        #expect(machine.handle(.found(pid: nil), at: .zero).contains(.start))
        let actions = machine.handle(.startDeferred(reason: "2 of 3 candidates"), at: .seconds(1))
        #expect(actions == [.log(.info, "ZooKeeper is not started yet: 2 of 3 candidates")])
        #expect(machine.state == .latent)
        #expect(machine.nextDeadline == .milliseconds(1250))
        #expect(machine.handle(.tick, at: .seconds(2)) == [.start])
        #expect(machine.handle(.startDeferred(reason: "2 of 3 candidates"), at: .seconds(2)).isEmpty)
    }

    @Test func restartsNobodyForAnObserverElsewhereOrAnotherOrder() {
        var host = SimulatedHost()
        host.advance(.seconds(5))
        host.submit(.configured(.example(servers: "O:9:10.0.0.9,3:10.0.0.3,2:10.0.0.2,1:10.0.0.1"), .example))
        host.advance(.seconds(60))
        #expect(host.starts.count == 1)
    }

    @Test func restartsWhenALineOfItsConfigurationChanges() {
        var host = SimulatedHost()
        host.advance(.seconds(5))
        host.submit(.configured(.example(extraLines: [ConfigurationLine("syncLimit", "7")]), .example))
        host.advance(.seconds(5))
        #expect(host.starts.count == 2)
        #expect(host.logs.contains("ZooKeeper related configuration has changed"))
    }

    @Test func stopsWhenTheListLeavesItOut() {
        var host = SimulatedHost()
        host.advance(.seconds(5))
        host.submit(.configured(.example(servers: "1:10.0.0.1,3:10.0.0.3,4:10.0.0.4"), .example))
        host.advance(.seconds(300))
        #expect(host.server == nil)
        #expect(host.starts.count == 1)
    }

    @Test func ignoresAnAnswerOfAnEarlierServer() {
        var machine = ProcessMonitorStateMachine(settings: .example(), timing: .example, restartsEnabled: true)
        _ = machine.handle(.found(pid: 5), at: .zero)
        _ = machine.handle(.exited(pid: 5, .signal(9)), at: .seconds(1))
        _ = machine.handle(.started(pid: 6), at: .seconds(2))
        _ = machine.handle(.probed(.serving(.leader), run: 1), at: .seconds(2))
        #expect(machine.state == .down)
        _ = machine.handle(.probed(.serving(.leader), run: 2), at: .seconds(2))
        #expect(machine.isLeader)
    }
}
