import EnsembleModel
import Testing

@testable import Exhibitor

/// Random orders of faults and orders against the monitor, in virtual time. A failing seed is in the message.
struct ProcessMonitorPropertyTests {
    private static let seeds = (0..<400).map { _ in UInt64.random(in: 0...UInt64.max) }

    private static func torment(_ host: inout SimulatedHost, with generator: inout SeededGenerator, steps: Int) {
        for _ in 0..<steps {
            switch Int.random(in: 0..<12, using: &generator) {
            case 0, 1: host.killServer()
            case 2: host.setHealth(.hung)
            case 3: host.setHealth(.outOfQuorum)
            case 4: host.setHealth(.serving)
            case 5: host.submit(.operatorStart)
            case 6: host.submit(.operatorStop)
            case 7: host.submit(.operatorRestart)
            case 8: host.submit(.restartsSwitched(Bool.random(using: &generator)))
            case 9: host.failingStarts = Int.random(in: 0...3, using: &generator)
            case 10: host.bootHealth = Bool.random(using: &generator) ? .serving : .hung
            default:
                let limit = Int.random(in: 1...3, using: &generator)
                host.submit(.configured(.example(extraLines: [ConfigurationLine("syncLimit", "\(limit)")]), .example))
            }
            // From two things in the same millisecond to long calm.
            let span = [0, 1, 150, 2_000, 20_000, 120_000].randomElement(using: &generator) ?? 0
            let calm = Int.random(in: 0...span, using: &generator)
            host.advance(.milliseconds(calm))
        }
    }

    @Test(arguments: seeds) func neverRunsTwoServersAtOnce(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var host = SimulatedHost(seed: seed)
        Self.torment(&host, with: &generator, steps: 120)
        #expect(host.violations.isEmpty, "seed \(seed)")
    }

    @Test(arguments: seeds) func servesAgainOnceTheFaultsEnd(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var host = SimulatedHost(seed: seed)
        Self.torment(&host, with: &generator, steps: 60)
        host.failingStarts = 0
        host.bootHealth = .serving
        host.submit(.restartsSwitched(true))
        // A hang must be noticed (check + limit), ended (grace), waited out (back-off) and booted from.
        let needed: [Int] = [30, 42, 10, 30, 30, 10]
        host.advance(.seconds(needed.reduce(0, +)))
        #expect(host.machine.state == .serving, "seed \(seed)")
    }

    @Test(arguments: seeds) func neverWaitsLongerThanTheLongestBackOff(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var host = SimulatedHost(seed: seed)
        for _ in 0..<30 {
            let calm = Int.random(in: 500...8_000, using: &generator)
            host.advance(.milliseconds(calm))
            host.failingStarts = Int.random(in: 0...1, using: &generator)
            let starts = host.starts.count
            guard host.server != nil else { continue }
            host.killServer()
            host.advance(RestartBackoff.longest + .milliseconds(400))
            #expect(host.starts.count > starts, "seed \(seed)")
        }
    }

    @Test(arguments: seeds) func honoursAStopWhileRestartsAreOff(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var host = SimulatedHost(seed: seed)
        Self.torment(&host, with: &generator, steps: 40)
        host.submit(.restartsSwitched(false))
        host.submit(.operatorStop)
        // What was ordered before may still be under way; it ends within the grace of a hanging server.
        host.advance(.seconds(15))
        let starts = host.starts.count
        for _ in 0..<20 {
            host.killServer()
            let calm = Int.random(in: 1...60, using: &generator)
            host.advance(.seconds(calm))
        }
        #expect(host.server == nil, "seed \(seed)")
        #expect(host.starts.count == starts, "seed \(seed)")
    }
}
