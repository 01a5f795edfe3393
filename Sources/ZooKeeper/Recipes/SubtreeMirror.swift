public import FoundationEssentials
import Logging
import Synchronization

/// A copy of whole subtrees in memory, kept by watches and told as batches of changes.
///
/// - Guarantee: each node's last state is always delivered; states in between may collapse. A node never goes back in time.
///   The first batch is complete; later ones hold what changed.
/// - Connection loss: the copy stays; what changed meanwhile comes after the reconnect.
/// - Expiry: all is read anew, and only the differences are told.
/// - Watch budget: the C library re-sends all watches of a session in one packet after a reconnect, which must stay below
///   1 MB. The mirror counts, and opens further sessions of its own ("lanes") beyond 512 KiB of watched paths each.
public final class SubtreeMirror: Sendable {
    /// Bytes of watched paths of one session.
    static let laneBudget = 512 * 1024

    private struct Lane: Sendable {
        let client: ZooKeeperClient
        let isOwn: Bool
    }

    private struct State {
        var mirror: MirrorState
        var lanes: [Lane]
        /// Which lane watches a path; sticky, since two servers may lag differently.
        var laneOf: [String: Int] = [:]
        var running = 0
    }

    private let state: Mutex<State>
    private let client: ZooKeeperClient
    private let signal = Signal()
    private let stream: AsyncStream<MirrorBatch>
    private let emit: AsyncStream<MirrorBatch>.Continuation
    private let concurrency: Int

    /// - Parameters:
    ///   - roots: need not exist yet.
    ///   - retainsData: keeps the data for `data(at:)`; off, the batches are the only copy.
    ///   - concurrency: reads in flight.
    ///   - isLeaf: nodes that never have children get no watch for them.
    public init(
        client: ZooKeeperClient, roots: [String], retainsData: Bool = false, concurrency: Int = 256,
        isLeaf: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
        self.client = client
        self.concurrency = concurrency
        state = Mutex(
            State(
                mirror: MirrorState(roots: roots, retainsData: retainsData, isLeaf: isLeaf),
                lanes: [Lane(client: client, isOwn: false)]))
        (stream, emit) = AsyncStream.makeStream(of: MirrorBatch.self)
    }

    /// For one consumer; ends when `run()` returns.
    public func batches() -> AsyncStream<MirrorBatch> { stream }

    /// How many nodes are known.
    public var count: Int { state.withLock { $0.mirror.count } }

    /// With `retainsData` only: the data of a node, nil when there is none.
    public func data(at path: String) -> Data? { state.withLock { $0.mirror.data(at: path) } }

    /// How many sessions it uses.
    public var laneCount: Int { state.withLock { $0.lanes.count } }

    /// Until the task is cancelled.
    public func run() async throws {
        defer { emit.finish() }
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                while let (read, lane, isNew) = nextRead() {
                    if isNew {
                        // A lane of our own lives as long as the mirror.
                        group.addTask { try? await lane.client.run() }
                    }
                    group.addTask { await self.perform(read, lane.client) }
                }
                await signal.wait()
                deliver()
            }
            group.cancelAll()
        }
    }

    private func nextRead() -> (MirrorState.Read, Lane, isNew: Bool)? {
        state.withLock { state in
            guard state.running < concurrency, let read = state.mirror.nextRead() else { return nil }
            state.running += 1
            var isNew = false
            let index: Int
            if let known = state.laneOf[read.path] {
                index = known
            } else {
                if let last = state.lanes.last, last.client.watchedBytes + state.running * 256 > Self.laneBudget {
                    let extra = ZooKeeperClient(
                        servers: client.servers, sessionTimeout: client.sessionTimeout, operationTimeout: client.operationTimeout,
                        credentials: client.credentials, route: client.route, logger: client.logger)
                    state.lanes.append(Lane(client: extra, isOwn: true))
                    isNew = true
                }
                index = state.lanes.count - 1
                state.laneOf[read.path] = index
            }
            return (read, state.lanes[index], isNew)
        }
    }

    private func perform(_ read: MirrorState.Read, _ client: ZooKeeperClient) async {
        let changed: @Sendable () -> Void = { [weak self] in
            guard let self else { return }
            state.withLock { $0.mirror.want(read) }
            signal.set()
        }
        do {
            let handle = try await client.connectedHandle(timeout: .seconds(3600))
            switch read {
            case .data(let path):
                let answer = try await readData(path, handle, changed)
                state.withLock { $0.mirror.receive(data: answer, for: path) }
            case .children(let path):
                let names: [String]?
                do {
                    names = try await handle.children(path, onChange: changed).names
                } catch let error as ZooKeeperError where error.code == .noNode {
                    names = nil
                }
                state.withLock { $0.mirror.receive(children: names, for: path) }
            }
        } catch {
            if let error = error as? ZooKeeperError, !error.isConnectionProblem, error.code != .notConnected {
                client.logger.error("the mirror cannot read", metadata: ["path": "\(read.path)", "error": "\(error)"])
            }
            try? await Task.sleep(for: .milliseconds(50))
            state.withLock { $0.mirror.fail(read) }
        }
        state.withLock { $0.running -= 1 }
        signal.set()
    }

    /// Only roots are watched for their creation: of all others the parent tells.
    private func readData(
        _ path: String, _ handle: SessionHandle, _ changed: @escaping @Sendable () -> Void
    ) async throws -> (data: Data, stat: Stat)? {
        let isRoot = state.withLock { $0.mirror.isRoot(path) }
        while true {
            do {
                return try await handle.get(path, onChange: changed)
            } catch let error as ZooKeeperError where error.code == .noNode {
                guard isRoot else { return nil }
                if try await handle.exists(path, onChange: changed) == nil { return nil }
            }
        }
    }

    private func deliver() {
        let batch = state.withLock { state in
            let batch = state.mirror.takeBatch()
            for case .remove(let path) in batch?.changes ?? [] { state.laneOf[path] = nil }
            return batch
        }
        if let batch { emit.yield(batch) }
    }
}
