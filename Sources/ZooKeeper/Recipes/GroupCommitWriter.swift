import DequeModule
internal import FoundationEssentials
import Logging
import Synchronization

/// Why a commit did not happen.
public enum CommitError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One of the caller's own operations was refused; nothing of this commit was written.
    /// - index: which of them.
    case conflict(index: Int, code: ZooKeeperError.Code)
    /// The epoch is not the newest any more: step down. Nothing was written.
    case fenced
    /// More than a request may weigh, or an operation that a group cannot carry (sequential, container, TTL). Nothing was written.
    case unacceptable(String)
    /// No connection in time. Nothing was written.
    case unavailable
    /// The client was closed before the outcome could be learnt.
    case unknown

    public var description: String {
        switch self {
        case .conflict(let index, let code): "operation \(index) of the commit was refused: \(code)"
        case .fenced: "another leader has taken over"
        case .unacceptable(let reason): "the commit cannot be written: \(reason)"
        case .unavailable: "ZooKeeper is not available"
        case .unknown: "the outcome of the commit is unknown"
        }
    }
}

/// Coalesces the writes of concurrent callers into multis.
///
/// - Self-clocking: what waits goes out as soon as one of a few slots is free, so a lone caller pays one round trip and many
///   callers share one.
/// - Guarantee: each caller's operations happen all or none, and it learns its own result; a conflict fails its caller only.
/// - Connection loss: each multi also sets the marker znode of its slot to a number of its own. After a reconnect the marker
///   (read behind a sync) says whether the multi happened; if not it is sent again. So every commit has a definite outcome.
/// - Expiry: as above; the old session's requests cannot happen any more once the new one reads.
public final class GroupCommitWriter: Sendable {
    private struct Pending: Sendable {
        let ops: [Op]
        let size: Int
        let epoch: LeaderEpoch?
        let continuation: CheckedContinuation<[OpResult], any Error>
    }

    private struct State {
        var queue: Deque<Pending> = []
        var isStopped = false
    }

    private let client: ZooKeeperClient
    private let markers: String
    private let name: String
    private let slots: Int
    private let maximumOps: Int
    private let state = Mutex(State())
    private let wakeups: [Signal]
    private let incarnation = UUID().uuidString

    /// - Parameters:
    ///   - markers: parent of the marker znodes; created if absent.
    ///   - name: of this process among all that use the same parent; stable, so that markers are reused.
    ///   - slots: multis in flight.
    ///   - maximumOps: operations of one multi.
    public init(client: ZooKeeperClient, markers: String, name: String, slots: Int = 4, maximumOps: Int = 200) {
        self.client = client
        self.markers = markers
        self.name = name.replacing("/", with: "_")
        self.slots = slots
        self.maximumOps = maximumOps
        wakeups = (0..<slots).map { _ in Signal() }
    }

    /// Writes until the task is cancelled; then what waits fails with `.unavailable`.
    public func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for slot in 0..<slots { group.addTask { await self.work(slot) } }
            await group.waitForAll()
        }
        let rest = state.withLock { state in
            state.isStopped = true
            defer { state.queue = [] }
            return state.queue
        }
        for pending in rest { pending.continuation.resume(throwing: CommitError.unavailable) }
    }

    /// All of the operations or none.
    /// - epoch: fences them by the leader's epoch.
    /// - Throws: `CommitError`.
    @discardableResult
    public func commit(_ ops: [Op], epoch: LeaderEpoch? = nil) async throws -> [OpResult] {
        guard !ops.isEmpty else { return [] }
        let size = try Self.weigh(ops)
        if let epoch, epoch.isOver { throw CommitError.fenced }
        return try await withCheckedThrowingContinuation { continuation in
            let isStopped = state.withLock { state in
                if !state.isStopped { state.queue.append(Pending(ops: ops, size: size, epoch: epoch, continuation: continuation)) }
                return state.isStopped
            }
            if isStopped { return continuation.resume(throwing: CommitError.unavailable) }
            // One waiting slot takes it. When none waits, one of them may be just about to: leave the flag for all, so that
            // none goes to sleep past this commit.
            if wakeups.contains(where: { $0.setIfWaiting() }) { return }
            for wakeup in wakeups { wakeup.set() }
        }
    }

    private static func weigh(_ ops: [Op]) throws -> Int {
        var size = 0
        for op in ops {
            size += op.encodedSize
            switch op {
            case .create(let path, let data, let mode, _):
                guard mode == .persistent || mode == .ephemeral else {
                    throw CommitError.unacceptable("\(path): only plain and ephemeral nodes")
                }
                guard data.count <= RequestLimits.dataSize else {
                    throw CommitError.unacceptable("\(path): \(data.count) bytes exceed \(RequestLimits.dataSize)")
                }
            case .set(let path, let data, _):
                guard data.count <= RequestLimits.dataSize else {
                    throw CommitError.unacceptable("\(path): \(data.count) bytes exceed \(RequestLimits.dataSize)")
                }
            case .delete, .check: break
            }
        }
        guard size <= RequestLimits.multiSize - 1024 else {
            throw CommitError.unacceptable("\(size) bytes exceed \(RequestLimits.multiSize - 1024)")
        }
        return size
    }

    // MARK: One slot

    private func work(_ slot: Int) async {
        let marker = "\(markers)/\(name)-\(slot)"
        var hasMarker = false
        var counter = 0
        while !Task.isCancelled {
            var batch = takeBatch()
            if batch.isEmpty {
                await wakeups[slot].wait()
                continue
            }
            if !hasMarker {
                do {
                    try await client.createWithParents(markers)
                    try await client.createAll([marker])
                    hasMarker = true
                } catch {
                    fail(batch, .unavailable)
                    continue
                }
            }
            while !batch.isEmpty {
                counter += 1
                await write(&batch, marker, stamp: "\(incarnation) \(counter)")
            }
        }
    }

    /// What fits into one multi and has the same fence as the first.
    private func takeBatch() -> [Pending] {
        state.withLock { state in
            var batch: [Pending] = []
            var ops = 0
            var bytes = 1024
            var fence: LeaderEpoch?
            while let next = state.queue.first {
                if let epoch = next.epoch {
                    if let fence, fence.fencePath != epoch.fencePath || fence.fenceVersion != epoch.fenceVersion { break }
                    fence = epoch
                }
                if !batch.isEmpty, ops + next.ops.count > maximumOps || bytes + next.size > RequestLimits.multiSize { break }
                state.queue.removeFirst()
                batch.append(next)
                ops += next.ops.count
                bytes += next.size
            }
            return batch
        }
    }

    /// Sends the batch once; what is decided leaves it.
    private func write(_ batch: inout [Pending], _ marker: String, stamp: String) async {
        let over = batch.filter { $0.epoch?.isOver == true }
        if !over.isEmpty {
            fail(over, .fenced)
            batch.removeAll { $0.epoch?.isOver == true }
            if batch.isEmpty { return }
        }
        let fence = batch.lazy.compactMap(\.epoch).first
        var ops: [Op] = fence.map { [$0.check] } ?? []
        ops.append(.set(marker, Data(stamp.utf8)))
        let head = ops.count
        for pending in batch { ops += pending.ops }
        do {
            succeed(batch, try await client.multi(ops).dropFirst(head))
            batch = []
        } catch let error as MultiError {
            settle(error, head: head, &batch, hasFence: fence != nil)
        } catch let error as ZooKeeperError where error.code == .notConnected {
            fail(batch, .unavailable)
            batch = []
        } catch let error as ZooKeeperError where error.isOutcomeUnknown || error.code == .invalidState {
            await learnOutcome(&batch, marker, stamp)
        } catch {
            client.logger.error("a group commit failed", metadata: ["error": "\(error)"])
            fail(batch, .unavailable)
            batch = []
        }
    }

    /// One operation was refused: its owner fails, the others go out again.
    private func settle(_ error: MultiError, head: Int, _ batch: inout [Pending], hasFence: Bool) {
        if hasFence, error.index == 0 {
            let fenced = batch.filter { $0.epoch != nil }
            fail(fenced, .fenced)
            batch.removeAll { $0.epoch != nil }
            return
        }
        var index = error.index - head
        guard index >= 0 else {
            // The marker was removed by somebody: without it nothing can be promised.
            fail(batch, .unavailable)
            batch = []
            return
        }
        for (position, pending) in batch.enumerated() {
            if index < pending.ops.count {
                pending.continuation.resume(throwing: CommitError.conflict(index: index, code: error.code))
                batch.remove(at: position)
                return
            }
            index -= pending.ops.count
        }
    }

    /// The connection broke: ask the marker. Leaves the batch as it is when it did not happen.
    private func learnOutcome(_ batch: inout [Pending], _ marker: String, _ stamp: String) async {
        while true {
            do {
                try await client.waitUntilConnected(timeout: .seconds(3600))
                try await client.sync(marker)
                let current = try await client.get(marker).data
                guard current == Data(stamp.utf8) else { return }
                var results: [OpResult] = []
                for op in batch.flatMap(\.ops) {
                    switch op {
                    case .create(let path, _, _, _): results.append(.created(path: path))
                    case .delete: results.append(.deleted)
                    case .check: results.append(.checked)
                    case .set(let path, _, _):
                        guard let stat = try await client.exists(path) else { throw CommitError.unknown }
                        results.append(.set(stat))
                    }
                }
                succeed(batch, results[...])
                batch = []
                return
            } catch let error as ZooKeeperError where error.code != .closing && error.isConnectionProblem {
                continue
            } catch {
                fail(batch, .unknown)
                batch = []
                return
            }
        }
    }

    private func succeed(_ batch: [Pending], _ results: ArraySlice<OpResult>) {
        var rest = results
        for pending in batch {
            pending.continuation.resume(returning: Array(rest.prefix(pending.ops.count)))
            rest = rest.dropFirst(pending.ops.count)
        }
    }

    private func fail(_ batch: [Pending], _ error: CommitError) {
        for pending in batch { pending.continuation.resume(throwing: error) }
    }
}
