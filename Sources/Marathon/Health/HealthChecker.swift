import AppModel

/// Runs the health and readiness checks of the leader: each target on its own clock, only so many at a time. What a result
/// means is decided by the state machine.
actor HealthChecker {
    private enum Command: Sendable {
        case check(task: String, [HealthTarget])
        case probe(task: String, ReadinessTarget?)
    }

    private let probe: HealthProbe
    private let limit: ConcurrencyLimit
    private let commands: AsyncStream<Command>
    private nonisolated let feed: AsyncStream<Command>.Continuation
    /// A newer generation ends the rounds of the older.
    private var checkGenerations: [String: Int] = [:]
    private var probeGenerations: [String: Int] = [:]
    private var generation = 0

    init(probe: HealthProbe, maximumConcurrent: Int) {
        self.probe = probe
        self.limit = ConcurrencyLimit(maximumConcurrent)
        (commands, feed) = AsyncStream.makeStream(of: Command.self)
    }

    /// Replaces the checks of a task; an empty list ends them.
    nonisolated func check(task: String, _ targets: [HealthTarget]) { feed.yield(.check(task: task, targets)) }
    /// Replaces the readiness check of a task; nil ends it.
    nonisolated func probe(task: String, _ target: ReadinessTarget?) { feed.yield(.probe(task: task, target)) }

    /// Until cancelled.
    func run(report: @escaping @Sendable (EngineInput) async -> Void) async {
        await withDiscardingTaskGroup { group in
            for await command in commands {
                generation += 1
                let current = generation
                switch command {
                case .check(let task, let targets):
                    checkGenerations[task] = targets.isEmpty ? nil : current
                    for target in targets { group.addTask { await self.checkRounds(target, current, report) } }
                case .probe(let task, let target):
                    probeGenerations[task] = target == nil ? nil : current
                    if let target { group.addTask { await self.probeRounds(target, current, report) } }
                }
            }
        }
    }

    private func checkRounds(
        _ target: HealthTarget, _ generation: Int, _ report: @Sendable (EngineInput) async -> Void
    ) async {
        let interval = Duration.seconds(max(1, target.check.intervalSeconds))
        let probe = probe
        try? await Task.sleep(for: min(interval, .seconds(5)))
        while !Task.isCancelled, checkGenerations[target.task] == generation {
            let next = ContinuousClock.now + interval
            let result = await limit.run { await probe.result(of: target) }
            guard !Task.isCancelled, checkGenerations[target.task] == generation else { return }
            await report(.checked(task: target.task, index: target.index, result))
            try? await Task.sleep(until: next, clock: .continuous)
        }
    }

    private func probeRounds(
        _ target: ReadinessTarget, _ generation: Int, _ report: @Sendable (EngineInput) async -> Void
    ) async {
        let interval = Duration.seconds(max(1, target.check.intervalSeconds))
        let probe = probe
        while !Task.isCancelled, probeGenerations[target.task] == generation {
            let next = ContinuousClock.now + interval
            let result = await limit.run { await probe.readiness(of: target) }
            guard !Task.isCancelled, probeGenerations[target.task] == generation else { return }
            await report(.probed(task: target.task, result))
            if result.isReady { return }
            try? await Task.sleep(until: next, clock: .continuous)
        }
    }
}
