import EnsembleModel
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#endif

/// Whole ensembles under random faults. `ENSEMBLE_SEEDS` sets how many runs, `ENSEMBLE_SEED` replays one with its log.
struct EnsembleSimulationTests {
    private static let steps = 400
    private static let rounds = 200

    @Test func everyInvariantHoldsInEveryOrderOfFaults() {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["ENSEMBLE_SEED"].flatMap({ UInt64($0) }) {
            var ensemble = SimulatedEnsemble(seed: seed, keepsLog: true)
            let failure = Self.failure(of: &ensemble)
            ensemble.noteHosts()
            print(ensemble.log.joined(separator: "\n"))
            #expect(failure == nil)
            return
        }
        let first = environment["ENSEMBLE_FIRST_SEED"].flatMap { UInt64($0) } ?? 1
        let count = environment["ENSEMBLE_SEEDS"].flatMap { UInt64($0) } ?? 200
        for seed in first..<(first + count) {
            var ensemble = SimulatedEnsemble(seed: seed)
            if let failure = Self.failure(of: &ensemble) { Issue.record("seed \(seed): \(failure)") }
        }
    }

    private static func failure(of ensemble: inout SimulatedEnsemble) -> String? {
        do {
            for _ in 0..<steps { try ensemble.advance() }
            ensemble.healAll()
            for round in 0..<rounds {
                if round % 10 == 0 { ensemble.repair(round: round) }
                try ensemble.advanceRound()
                if ensemble.lack == nil { return nil }
            }
            return "after \(rounds) rounds without faults: \(ensemble.lack ?? "")"
        } catch {
            return "step \(ensemble.step): \(error)"
        }
    }
}
