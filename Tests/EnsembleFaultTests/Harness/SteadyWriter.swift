import FoundationEssentials
import Logging
import Synchronization
import ZooKeeper

/// A client that creates 500 znodes a second, each once, and remembers which were acknowledged and how long nothing was.
final class SteadyWriter: Sendable {
    static let path = "/faults"
    private static let batch = 10
    private static let period = Duration.milliseconds(20)
    /// Requests under way; at more it waits, as every client does.
    private static let window = 2000

    private struct State {
        var acknowledged: Set<Int> = []
        var inFlight = 0
        var lastAcknowledgement: ContinuousClock.Instant?
        /// Stretches without any acknowledgement, longer than a second.
        var gaps: [Gap] = []
        /// While the test keeps the ensemble from having a quorum.
        var excuses: [Range<ContinuousClock.Instant>] = []
        var excuseSince: ContinuousClock.Instant?
        var isStopped = false
    }

    struct Gap: Sendable, CustomStringConvertible {
        var start: ContinuousClock.Instant
        var end: ContinuousClock.Instant
        var description: String { "\((end - start) / .seconds(1)) s" }
    }

    private let state = Mutex(State())
    private let client: ZooKeeperClient

    init(servers: [String], logger: Logger) {
        client = ZooKeeperClient(servers: servers, sessionTimeout: .seconds(4), operationTimeout: .seconds(60), logger: logger)
    }

    /// Until `stop`; returns when every request has its answer.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [client] in try await client.run() }
            try await client.waitUntilConnected(timeout: .seconds(30))
            do { try await client.create(Self.path) } catch let error as ZooKeeperError where error.code == .nodeExists {}
            state.withLock { $0.lastAcknowledgement = .now }
            await withDiscardingTaskGroup { writes in
                var number = 0
                while !state.withLock({ $0.isStopped }), !Task.isCancelled {
                    let room = state.withLock { Self.window - $0.inFlight }
                    for _ in 0..<min(Self.batch, max(0, room)) {
                        let mine = number
                        number += 1
                        state.withLock { $0.inFlight += 1 }
                        writes.addTask { await self.write(mine) }
                    }
                    try? await Task.sleep(for: Self.period)
                }
            }
            client.close()
            try await group.waitForAll()
        }
    }

    private func write(_ number: Int) async {
        let result = await Result { try await client.create("\(Self.path)/\(number)") }
        let now = ContinuousClock.now
        state.withLock { state in
            state.inFlight -= 1
            guard case .success = result else { return }
            state.acknowledged.insert(number)
            if let last = state.lastAcknowledgement, now - last > .seconds(1) { state.gaps.append(Gap(start: last, end: now)) }
            state.lastAcknowledgement = now
        }
    }

    func stop() { state.withLock { $0.isStopped = true } }

    /// The test takes the quorum away from now on, until `excuseEnds`.
    func excuseBegins() { state.withLock { $0.excuseSince = .now } }

    /// The quorum can be there again.
    func excuseEnds() {
        state.withLock { state in
            if let since = state.excuseSince { state.excuses.append(since..<ContinuousClock.now) }
            state.excuseSince = nil
        }
    }

    /// Returns when further writes are acknowledged.
    func waitForProgress(_ count: Int = 100, within deadline: Duration = .seconds(30)) async throws {
        let before = state.withLock { $0.acknowledged.count }
        try await eventually("\(count) more writes are acknowledged", within: deadline) {
            self.state.withLock { $0.acknowledged.count >= before + count }
        }
    }

    var acknowledged: Set<Int> { state.withLock { $0.acknowledged } }

    /// Gaps, less the time for which the quorum was really gone.
    var unexcusedGaps: [(gap: Gap, unexcused: Duration)] {
        state.withLock { state in
            state.gaps.map { gap in
                let excused = state.excuses.reduce(Duration.zero) { sum, excuse in
                    let (start, end) = (max(excuse.lowerBound, gap.start), min(excuse.upperBound, gap.end))
                    return start < end ? sum + (end - start) : sum
                }
                return (gap, gap.end - gap.start - excused)
            }
        }
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
