import ClusterState
import DequeModule
internal import FoundationEssentials
import Logging
import ResourceModel
import ServiceLifecycle
import Synchronization
import ZooKeeper

/// Writes the durable part of the master's decisions, fenced by its epoch.
///
/// - Guarantee: writes of the same znode happen in the order in which they were asked for; each is all or nothing.
/// - Self-clocking: what was asked for while a round of commits was in flight goes out together in the next.
/// - Connection loss: a write is repeated until it happened or the epoch is over.
final class KernelStore: Sendable {
    enum Outcome: Sendable, Hashable {
        case written
        case failed
        /// Another leader took over.
        case fenced
    }

    private struct Job: Sendable {
        var id: CommitID
        var writes: [DurableWrite]
        var epoch: LeaderEpoch
    }

    private let client: ZooKeeperClient
    private let writer: GroupCommitWriter
    private let logger: Logger
    private let queue = Mutex(Deque<Job>())
    private let wakeups: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    /// Nodes that exist, as far as we know; a wrong guess is corrected by the refusal it causes.
    private let known = Mutex(Set<String>())

    init(client: ZooKeeperClient, writer: GroupCommitWriter, logger: Logger) {
        self.client = client
        self.writer = writer
        self.logger = logger
        (wakeups, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func submit(_ id: CommitID, _ writes: [DurableWrite], epoch: LeaderEpoch) {
        queue.withLock { $0.append(Job(id: id, writes: writes, epoch: epoch)) }
        wake.yield()
    }

    /// What the mirror shows.
    func saw(path: String, exists: Bool) {
        known.withLock { _ = exists ? $0.insert(path).memberAfterInsert : $0.remove(path) }
    }

    /// Writes until the task is cancelled; tells each outcome.
    func run(_ tell: @escaping @Sendable (CommitID, Outcome) async -> Void) async {
        for await _ in wakeups {
            while case let round = nextRound(), !round.isEmpty {
                await withTaskGroup(of: Void.self) { group in
                    for job in round {
                        group.addTask { await tell(job.id, self.write(job)) }
                    }
                }
            }
        }
    }

    /// Jobs from the head of the queue that touch different nodes.
    private func nextRound() -> [Job] {
        queue.withLock { queue in
            var round: [Job] = []
            var touched: Set<String> = []
            while let job = queue.first {
                let paths = Set(job.writes.map(\.path))
                guard touched.isDisjoint(with: paths) else { break }
                touched.formUnion(paths)
                round.append(job)
                queue.removeFirst()
            }
            return round
        }
    }

    private func write(_ job: Job) async -> Outcome {
        while !job.epoch.isOver && !Task.isCancelled {
            do {
                let operations = try job.writes.flatMap { try self.operations(for: $0) }
                guard !operations.isEmpty else { return .written }
                do {
                    _ = try await writer.commit(operations, epoch: job.epoch)
                    for operation in operations { remember(operation) }
                    return .written
                } catch CommitError.conflict(let index, let code) {
                    try await learn(from: code, on: operations[index])
                } catch CommitError.unavailable {
                    try await Task.sleep(for: .milliseconds(200))
                }
            } catch CommitError.fenced {
                return .fenced
            } catch is CancellationError {
                return .failed
            } catch let error as ZooKeeperError where error.isConnectionProblem {
                logger.debug("waiting for ZooKeeper", metadata: ["error": "\(error)"])
            } catch {
                logger.error("a change could not be stored", metadata: ["error": "\(error)", "writes": "\(job.writes.map(\.path))"])
                return .failed
            }
        }
        return job.epoch.isOver ? .fenced : .failed
    }

    // MARK: Operations

    private func operations(for write: DurableWrite) throws -> [Op] {
        switch write {
        case .agent(let record): [put(write.path, try ClusterJSON.encode(record))]
        case .framework(let record): [put(write.path, try ClusterJSON.encode(record))]
        case .quotas(let record): [put(write.path, try ClusterJSON.encode(record))]
        case .weights(let record): [put(write.path, try ClusterJSON.encode(record))]
        case .maintenance(let record): [put(write.path, try ClusterJSON.encode(record))]
        case .machines(let record): [put(write.path, try ClusterJSON.encode(record))]
        case .kills(_, let kills) where !kills.kills.isEmpty: [put(write.path, try ClusterJSON.encode(kills))]
        case .kills, .forgetAgent, .forgetFramework: drop(write.path)
        case .forgetTasks(let id, let chunks):
            chunks.flatMap { drop(MesosStatePaths.chunk($0, of: id)) } + drop(MesosStatePaths.tasks(of: id), guess: true)
        }
    }

    private func put(_ path: String, _ data: Data) -> Op {
        known.withLock { $0.contains(path) } ? .set(path, data) : .create(path, data)
    }

    private func drop(_ path: String, guess: Bool = false) -> [Op] {
        known.withLock { $0.contains(path) } || (guess && !missing(path)) ? [.delete(path)] : []
    }

    /// Parents are not in the mirror's news; their absence is remembered instead.
    private func missing(_ path: String) -> Bool { absent.withLock { $0.contains(path) } }
    private let absent = Mutex(Set<String>())

    private func remember(_ operation: Op) {
        switch operation {
        case .create(let path, _, _, _), .set(let path, _, _): saw(path: path, exists: true)
        case .delete(let path, _): saw(path: path, exists: false)
        case .check: break
        }
    }

    /// Corrects what a refused operation shows to be wrong; the caller tries again.
    private func learn(from code: ZooKeeperError.Code, on operation: Op) async throws {
        let path = operation.path
        switch (operation, code) {
        case (.create, .nodeExists): saw(path: path, exists: true)
        case (.create, .noNode): try await client.createWithParents(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
        case (.set, .noNode): saw(path: path, exists: false)
        case (.delete, .noNode), (.delete, .notEmpty):
            saw(path: path, exists: false)
            absent.withLock { _ = $0.insert(path) }
        default: throw ZooKeeperError(code, path: path)
        }
    }
}

extension DurableWrite {
    /// The node that is written, or its parent for several.
    var path: String {
        switch self {
        case .agent(let record): MesosStatePaths.agent(record.agent_id)
        case .forgetAgent(let id): MesosStatePaths.agent(id)
        case .framework(let record): MesosStatePaths.framework(record.id)
        case .forgetFramework(let id): MesosStatePaths.framework(id)
        case .kills(let id, _): MesosStatePaths.kills(on: id)
        case .forgetTasks(let id, _): MesosStatePaths.tasks(of: id)
        case .quotas: MesosStatePaths.quotas
        case .weights: MesosStatePaths.weights
        case .maintenance: MesosStatePaths.maintenance
        case .machines: MesosStatePaths.machines
        }
    }
}
