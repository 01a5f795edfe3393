import ClusterState
import FoundationEssentials
import Logging
import ZooKeeper

/// Turns the election's news into terms: at most one runs, and HTTP knows at every moment whether and who.
struct Leadership: Sendable {
    let election: LeaderElection
    let takeOver: TakeOver
    let standing: StandingBox
    let client: ZooKeeperClient
    let paths: MarathonPaths
    let logger: Logger

    /// Until the election ends.
    func run(ownAddress: String) async {
        await withDiscardingTaskGroup { group in
            var known: String?
            var end: AsyncStream<Void>.Continuation?
            for await event in election.events() {
                switch event {
                case .elected(let epoch):
                    let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
                    end = continuation
                    group.addTask { await lead(epoch, until: ended, as: ownAddress) }
                case .deposed:
                    standing.set(.following(leader: known == ownAddress ? nil : known))
                    end?.finish()
                    end = nil
                case .leader(let payload):
                    known = payload.map { String(decoding: $0, as: UTF8.self) }
                    if case .following = standing.current { standing.set(.following(leader: known)) }
                }
            }
            end?.finish()
            group.cancelAll()
        }
    }

    /// One term, from the take-over to its end.
    private func lead(_ epoch: LeaderEpoch, until ended: AsyncStream<Void>, as address: String) async {
        logger.notice("Elected", metadata: ["epoch": "\(epoch.number)"])
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in ended {} }
                group.addTask { try await runTerm(epoch, as: address) }
                defer { group.cancelAll() }
                try await group.next()
            }
            logger.notice("The term has ended", metadata: ["epoch": "\(epoch.number)"])
        } catch {
            logger.error("The term has failed", metadata: ["epoch": "\(epoch.number)", "error": "\(error)"])
        }
        if case .leading(let term) = standing.current, term.epoch.number == epoch.number {
            standing.set(.following(leader: nil))
        }
        guard !epoch.isOver, !Task.isCancelled else { return }
        // We hold the office and cannot fill it: let another try, and do not spin when there is no other.
        try? await Task.sleep(for: .milliseconds(500))
        election.resign()
    }

    private func runTerm(_ epoch: LeaderEpoch, as address: String) async throws {
        let start = ContinuousClock.now
        let term = try await takeOver.begin(epoch)
        standing.set(.leading(term))
        logger.notice("Leading", metadata: ["epoch": "\(epoch.number)", "takeover": "\(ContinuousClock.now - start)"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await term.run() }
            group.addTask {
                // For older tools that look for the leader here.
                let registration = EphemeralRegistration(
                    client: client, path: paths.legacyLeaderMember, payload: { _ in Data(address.utf8) }, isOurs: { _ in true })
                try await registration.run()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
