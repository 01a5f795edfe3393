import EnsembleTesting
import Logging
import MesosMaster
import ServiceLifecycle
import Testing

@testable import Simulation

/// Real masters in this process on a real ensemble.
@Suite("Small simulations", .serialized)
struct SmallSimulationTests {
    private let logger = Logger(label: "simulation-test") { _ in SwiftLogNoOpLogHandler() }

    private func master(_ ensemble: TestEnsemble, port: Int) -> ServiceGroup {
        let address = String(ensemble.servers[0].prefix { $0 != ":" })
        var configuration = MesosMaster.Configuration(zk: "zk://\(ensemble.connectString)/mesos", ip: address)
        configuration.port = port
        configuration.zkSessionTimeout = 4
        return ServiceGroup(
            configuration: .init(services: [MasterService(configuration: configuration, logger: logger)], logger: logger))
    }

    private func configuration(_ ensemble: TestEnsemble) -> SimulationConfiguration {
        var configuration = SimulationConfiguration(zk: "zk://\(ensemble.connectString)/mesos")
        configuration.agents = 20
        configuration.tasks = 200
        configuration.sessions = 2
        configuration.churn = 40
        configuration.duration = .seconds(3)
        return configuration
    }

    @Test("Tasks come and go and all books agree at the end")
    func churn() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            let group = master(ensemble, port: 5050)
            let run = Task { try await group.run() }
            var configuration = configuration(ensemble)
            configuration.frameworks = 2
            let report = try await Simulation(configuration, logger: logger).run()
            await group.triggerGracefulShutdown()
            _ = await run.result
            #expect(report.problems == [])
            #expect(report.running_at_end == 200 && report.launched > 200 && report.ended > 20)
            #expect(report.launch_to_running != nil && report.offer_latency != nil && report.update_latency != nil)
        }
    }

    @Test("A change of the leader in the middle loses nothing")
    func leaderChange() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            let (first, second) = (master(ensemble, port: 5050), master(ensemble, port: 5051))
            let firstRun = Task { try await first.run() }
            var configuration = configuration(ensemble)
            configuration.duration = .seconds(6)
            let (progress, tell) = AsyncStream.makeStream(of: String.self)
            let simulation = try Simulation(configuration, logger: logger) { tell.yield($0) }
            let change = Task {
                var lines = progress.makeAsyncIterator()
                // The agents are registered, so the first master leads.
                while let line = await lines.next(), !line.contains("registered") {}
                let secondRun = Task { try await second.run() }
                while let line = await lines.next(), !line.hasPrefix("first wave") {}
                await first.triggerGracefulShutdown()
                _ = await secondRun.result
            }
            let report = try await simulation.run()
            tell.finish()
            for group in [first, second] { await group.triggerGracefulShutdown() }
            _ = await firstRun.result
            await change.value
            #expect(report.problems == [])
            #expect(report.running_at_end == 200)
        }
    }
}
