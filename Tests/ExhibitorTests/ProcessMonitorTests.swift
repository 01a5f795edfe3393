import EnsembleModel
import EnsembleTesting
import Glibc
import Logging
import Testing

@testable import Exhibitor

/// The monitor against real servers.
@Suite(.serialized) struct ProcessMonitorTests {
    private static func monitor(_ settings: ZooKeeperSettings, unhealthyLimit: Duration = .seconds(60)) -> ProcessMonitor {
        var timing = MonitorTiming(checkInterval: .milliseconds(500), unhealthyLimit: unhealthyLimit)
        timing.stopGrace = .seconds(1)
        return ProcessMonitor(
            settings: settings, timing: timing, restartsEnabled: true,
            activityLog: ActivityLog(capacity: 100, logger: Logger(label: "test")), lifetime: .boundToThread)
    }

    /// Waits for a status, at most a minute.
    private static func wait(
        for monitor: ProcessMonitor, until isReached: (ServerStatus) -> Bool, _ location: SourceLocation = #_sourceLocation
    ) async throws -> ServerStatus {
        let end = ContinuousClock.now + .seconds(60)
        while true {
            let status = await monitor.status()
            if isReached(status) { return status }
            guard ContinuousClock.now < end else {
                Issue.record("not reached in time; the status is \(status)", sourceLocation: location)
                return status
            }
            try await Task.sleep(for: .milliseconds(30))
        }
    }

    /// Hands the servers of an ensemble over to a monitor each, for the time of `body`.
    private static func withMonitors(
        servers: Int, unhealthyLimit: Duration = .seconds(60), _ body: ([ProcessMonitor], TestEnsemble) async throws -> Void
    ) async throws {
        try await TestEnsemble.withEnsemble(servers: servers) { ensemble in
            let monitors = ensemble.settings.map { monitor($0, unhealthyLimit: unhealthyLimit) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for monitor in monitors { group.addTask { try await monitor.run() } }
                for monitor in monitors { _ = try await wait(for: monitor) { $0.state == .serving } }
                try await body(monitors, ensemble)
                group.cancelAll()
            }
        }
    }

    @Test func adoptsTheRunningServersOfAnEnsemble() async throws {
        try await Self.withMonitors(servers: 3) { monitors, ensemble in
            var leaders = 0
            for (index, monitor) in monitors.enumerated() {
                let status = await monitor.status()
                #expect(status.pid == (await ensemble.processID(serverIndex: index)))
                #expect(status.restartCount == 0)
                leaders += status.isLeader ? 1 : 0
            }
            #expect(leaders == 1)
        }
    }

    @Test func startsAKilledServerAgain() async throws {
        try await Self.withMonitors(servers: 3) { monitors, ensemble in
            let victim = try #require(await monitors[1].status().pid)
            kill(victim, SIGKILL)
            let status = try await Self.wait(for: monitors[1]) { $0.state == .serving && $0.pid != victim }
            #expect(status.pid != nil)
            let recorded = FileAccess.text(ensemble.settings[1].pidPath)
            #expect(recorded == status.pid.map { "\($0)\n" })
        }
    }

    @Test func restartsAServerThatHangs() async throws {
        try await Self.withMonitors(servers: 3, unhealthyLimit: .seconds(4)) { monitors, _ in
            let victim = try #require(await monitors[2].status().pid)
            kill(victim, SIGSTOP)
            let status = try await Self.wait(for: monitors[2]) { $0.state == .serving && $0.pid != victim }
            // On a busy machine the new server may itself take longer than the limit.
            #expect(status.restartCount >= 1)
            #expect(kill(victim, 0) == -1)
        }
    }

    @Test func theServerOutlivesItsManagerAndIsAdoptedByTheNext() async throws {
        try await TestEnsemble.withEnsemble(servers: 1) { ensemble in
            // Without a pid file it is found by its command line.
            unlink(ensemble.settings[0].pidPath)
            for _ in 0..<2 {
                let monitor = Self.monitor(ensemble.settings[0])
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await monitor.run() }
                    let status = try await Self.wait(for: monitor) { $0.state == .serving }
                    #expect(status.pid == (await ensemble.processID(serverIndex: 0)))
                    group.cancelAll()
                }
            }
        }
    }

    @Test func stopsAndStartsOnOrder() async throws {
        try await Self.withMonitors(servers: 1) { monitors, ensemble in
            await monitors[0].switchRestarts(false)
            await monitors[0].stop()
            _ = try await Self.wait(for: monitors[0]) { $0.state == .down && $0.pid == nil }
            #expect(await ensemble.probe(0) == .noAnswer)
            await monitors[0].start()
            _ = try await Self.wait(for: monitors[0]) { $0.state == .serving }
        }
    }

    @Test func saysWhyAServerDoesNotStart() async throws {
        try await TestEnsemble.withEnsemble(servers: 1) { ensemble in
            var settings = ensemble.settings[0]
            settings.configDirectory += "-other"
            settings.installDirectory = "/nonexistent"
            let log = ActivityLog(capacity: 10, logger: Logger(label: "test"))
            let monitor = ProcessMonitor(
                settings: settings, timing: MonitorTiming(checkInterval: .seconds(1), unhealthyLimit: .seconds(60)),
                restartsEnabled: true, activityLog: log)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await monitor.run() }
                let end = ContinuousClock.now + .seconds(30)
                while !log.text.contains("libzookeeper-java"), ContinuousClock.now < end {
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(
                    log.text.contains("/nonexistent/zookeeper.jar is missing (the server): install the Debian package libzookeeper-java"))
                group.cancelAll()
            }
        }
    }
}
