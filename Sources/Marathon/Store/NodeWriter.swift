import FoundationEssentials
import Logging
import ZooKeeper

/// The wanted content of one znode; nil data: the node shall not be there.
struct NodeWrite: Sendable, Hashable {
    var path: String
    var data: Data?

    static func put(_ path: String, _ data: Data) -> NodeWrite { NodeWrite(path: path, data: data) }
    static func delete(_ path: String) -> NodeWrite { NodeWrite(path: path, data: nil) }
}

/// Keeps single znodes at their newest wanted content: for instances, kill intents, failures and delays, which change
/// often and independently of each other.
///
/// Guarantees: one write per node in flight, so writes of one node take effect in the order of submission; what is
/// submitted meanwhile is merged. A submission's completion runs when all of its nodes hold its content or a newer one, and
/// completions of one node run in the order of submission. Every write is fenced by the epoch. A write that turns out
/// impossible (fenced, or of unknown outcome) ends the writer: everything not durable by then completes with `false`.
actor NodeWriter {
    private struct Submission: Sendable {
        var writes: [NodeWrite]
        var completion: @Sendable (_ isDurable: Bool) -> Void
    }

    /// Runs the completion when the last of its nodes is written, or the first is given up.
    private final class Latch {
        private var remaining: Int
        private var completion: (@Sendable (Bool) -> Void)?

        init(remaining: Int, completion: @escaping @Sendable (Bool) -> Void) {
            self.remaining = remaining
            self.completion = completion
        }

        func arrive() {
            remaining -= 1
            if remaining == 0 { finish(true) }
        }

        func giveUp() { finish(false) }

        private func finish(_ isDurable: Bool) {
            completion?(isDurable)
            completion = nil
        }
    }

    private struct Wanted {
        var data: Data?
        var latches: [Latch]
    }

    private let commits: GroupCommitWriter
    private let epoch: LeaderEpoch
    private let logger: Logger
    private let submissions: AsyncStream<Submission>
    private nonisolated let feed: AsyncStream<Submission>.Continuation
    /// Paths known to have a node.
    private var existing: Set<String>
    private var wanted: [String: Wanted] = [:]
    private var inFlight: Set<String> = []

    /// - existing: the nodes of the store when the term began.
    init(commits: GroupCommitWriter, epoch: LeaderEpoch, existing: Set<String>, logger: Logger) {
        self.commits = commits
        self.epoch = epoch
        self.existing = existing
        self.logger = logger
        (submissions, feed) = AsyncStream.makeStream(of: Submission.self)
    }

    /// Queues the writes; the completion runs when they are durable, or cannot become so any more.
    nonisolated func submit(_ writes: [NodeWrite], completion: @escaping @Sendable (_ isDurable: Bool) -> Void) {
        guard !writes.isEmpty else { return completion(true) }
        if case .terminated = feed.yield(Submission(writes: writes, completion: completion)) { completion(false) }
    }

    /// Returns when the writes are durable.
    /// - Throws: `CommitError.fenced` when the term ends before.
    nonisolated func store(_ writes: [NodeWrite]) async throws {
        let isDurable = await withCheckedContinuation { continuation in
            submit(writes) { continuation.resume(returning: $0) }
        }
        guard isDurable else { throw CommitError.fenced }
    }

    /// Writes until cancelled or until a write fails for good.
    /// - Throws: `CommitError`.
    func run() async throws {
        do {
            try await writeSubmissions()
        } catch {
            await giveUp()
            throw error
        }
        await giveUp()
    }

    private func writeSubmissions() async throws {
        try await withThrowingDiscardingTaskGroup { flushes in
            for await submission in submissions {
                for path in accept(submission) {
                    flushes.addTask {
                        do {
                            try await self.flush(path)
                        } catch {
                            // Nothing after it may be confirmed; this ends the loop, and the group rethrows.
                            self.feed.finish()
                            throw error
                        }
                    }
                }
            }
        }
    }

    /// Nothing more will be written: whoever waits learns it.
    private func giveUp() async {
        feed.finish()
        for next in wanted.values { for latch in next.latches { latch.giveUp() } }
        wanted = [:]
        for await submission in submissions { submission.completion(false) }
    }

    /// Returns the paths for which a flush must be started.
    private func accept(_ submission: Submission) -> [String] {
        let latch = Latch(remaining: submission.writes.count, completion: submission.completion)
        var idle: [String] = []
        for write in submission.writes {
            wanted[write.path, default: Wanted(data: nil, latches: [])].data = write.data
            wanted[write.path]?.latches.append(latch)
            if inFlight.insert(write.path).inserted { idle.append(write.path) }
        }
        return idle
    }

    private func flush(_ path: String) async throws {
        while let next = wanted.removeValue(forKey: path) {
            do {
                try await write(path, next.data)
            } catch {
                for latch in next.latches { latch.giveUp() }
                throw error
            }
            for latch in next.latches { latch.arrive() }
        }
        inFlight.remove(path)
    }

    private func write(_ path: String, _ data: Data?) async throws {
        var surprises = 0
        while true {
            let op: Op
            switch (data, existing.contains(path)) {
            case (let data?, true): op = .set(path, data)
            case (let data?, false): op = .create(path, data)
            case (nil, true): op = .delete(path)
            case (nil, false): return
            }
            do {
                try await commits.commit([op], epoch: epoch)
                if data == nil { existing.remove(path) } else { existing.insert(path) }
                return
            } catch CommitError.conflict(_, let code) where (code == .nodeExists || code == .noNode) && surprises < 3 {
                // Our idea of what exists was wrong; the content wanted is the same.
                surprises += 1
                logger.warning("A node was not as expected", metadata: ["path": "\(path)", "code": "\(code)"])
                if code == .nodeExists { existing.insert(path) } else { existing.remove(path) }
            } catch CommitError.unavailable where !epoch.isOver && !Task.isCancelled {
                // Nothing was written: wait for the connection as long as the term lasts.
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}
