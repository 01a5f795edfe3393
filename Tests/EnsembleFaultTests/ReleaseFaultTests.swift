import EnsembleModel
import Glibc
import Testing

extension EnsembleFaultTests {
    @Suite("comes through a rolling release")
    struct ReleaseFaultTests {
        enum Part: String, CaseIterable, CustomTestStringConvertible {
            case server, exhibitor
            var testDescription: String { rawValue }
        }

        struct Case: Sendable, CustomTestStringConvertible {
            var part: Part
            var step: Int
            var victim: Int
            var testDescription: String { "\(part) of the host in place \(victim) killed at step \(step)" }

            /// Every step and part; every host too in long runs.
            static var all: [Case] {
                Part.allCases.flatMap { part in
                    (0..<3).flatMap { step in
                        (0..<3).filter { LongRun.isWanted || $0 == (part == .server ? step : (step + 1) % 3) }
                            .map { Case(part: part, step: step, victim: $0) }
                    }
                }
            }
        }

        @Test("while a process is killed at a step", arguments: Case.all)
        func killAtStep(_ test: Case) async throws {
            try await NetworkedEnsemble.withEnsemble { ensemble in
                let leader = try await ensemble.leader(among: [1, 2, 3])
                let order = [1, 2, 3].filter { $0 != leader } + [leader]
                try await ensemble.whileWriting(to: [1, 2, 3]) { writer in
                    let result = try await ensemble.order("config/set-rolling", order[0], lines: ["syncLimit": "7"])
                    #expect(result.succeeded, "\(result.message)")
                    try await eventually("step \(test.step) begins", within: .seconds(90), seen: { await ensemble.summary(order) }) {
                        for host in order {
                            guard let config = await ensemble.config(host) else { continue }
                            if config.rollStatus.hasPrefix("Applying to \"\(ensemble.address(order[test.step]))\"") { return true }
                            // It may be over before we look: then the kill comes just after it.
                            if !config.rollInProgress, config.zooCfgExtra["syncLimit"] == "7" { return true }
                        }
                        return false
                    }
                    let victim = order[test.victim]
                    switch test.part {
                    case .server:
                        // It may be between two servers just now.
                        try await eventually("a server can be killed", within: .seconds(20)) {
                            guard let pid = ensemble.serverPID(victim) else { return false }
                            return kill(pid, SIGKILL) == 0
                        }
                    case .exhibitor:
                        try await ensemble.crashExhibitor(victim)
                        try await ensemble.powerOn(victim)
                    }
                    try await eventually("the release ends", within: .seconds(120), seen: { await ensemble.summary(order) }) {
                        guard let config = await ensemble.config(order[0]) else { return false }
                        return !config.rollInProgress && config.zooCfgExtra["syncLimit"] == "7"
                    }
                    try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(60))
                }
                for host in 1...3 { #expect(ensemble.zooCfg(host).contains("syncLimit=7\n")) }
            }
        }

        @Test(
            "of five while one host is off: it is passed by, and has the change when it is on again", .enabled(if: LongRun.isWanted))
        func deadHost() async throws {
            try await NetworkedEnsemble.withEnsemble(members: 5) { ensemble in
                let leader = try await ensemble.leader(among: Array(1...5))
                let dead = leader % 5 + 1
                let others = (1...5).filter { $0 != dead }
                try await ensemble.whileWriting(to: Array(1...5)) { writer in
                    await ensemble.powerOff([dead])
                    #expect(try await ensemble.order("config/set-rolling", leader, lines: ["syncLimit": "7"]).succeeded)
                    try await eventually("the release ends", within: .seconds(180), seen: { await ensemble.summary(others) }) {
                        guard let config = await ensemble.config(leader) else { return false }
                        return !config.rollInProgress && config.zooCfgExtra["syncLimit"] == "7"
                    }
                    try await ensemble.powerOn(dead)
                    try await ensemble.waitUntilConverged(Array(1...5), within: .seconds(60))
                }
                for host in 1...5 { #expect(ensemble.zooCfg(host).contains("syncLimit=7\n")) }
            }
        }

        @Test("of a line that no server starts with: it is taken back, and the quorum is never lost")
        func brokenLine() async throws {
            try await NetworkedEnsemble.withEnsemble { ensemble in
                let leader = try await ensemble.leader(among: [1, 2, 3])
                let first = try #require([1, 2, 3].first { $0 != leader })
                let untouched = [1, 2, 3].filter { $0 != first }
                let before = ensemble.serverPIDs(untouched)
                try await ensemble.whileWriting(to: [1, 2, 3]) { writer in
                    let result = try await ensemble.order("config/set-rolling", leader, lines: ["initLimit": "many"])
                    #expect(result.succeeded, "\(result.message)")
                    try await eventually("the release is taken back", within: .seconds(90), seen: { await ensemble.summary([1, 2, 3]) }) {
                        guard let config = await ensemble.config(leader) else { return false }
                        return !config.rollInProgress
                    }
                    #expect(await ensemble.config(leader)?.zooCfgExtra["initLimit"] == NetworkedEnsemble.lines["initLimit"])
                    try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(60))
                }
                #expect(ensemble.serverPIDs(untouched) == before)
                #expect(!ensemble.zooCfg(first).contains("many"))
            }
        }
    }
}
