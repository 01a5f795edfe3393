import ClusterState
import FoundationEssentials
import Logging
import ResourceModel
import ZooKeeper

/// Keeps this agent's task chunks in ZooKeeper equal to what the agent knows (contracts/mesos.md §21.4 rule 4): a change is
/// written at once when nothing is in flight, else with everything that came meanwhile.
///
/// - Guarantee: after every change the chunks come to hold it, over lost connections and expired sessions; readers never
///   see a change of one task in part. This agent is the only writer of its chunks.
/// - After an error whose outcome is unknown the chunks are listed again and all are written anew.
final class TaskPublisher: Sendable {
    private enum Change: Sendable {
        case agent(AgentID?)
        case put(TaskRecord)
        case remove(String)
        case everything
    }

    /// Bytes of one multi.
    private static let batchSize = 400 * 1024

    private let client: ZooKeeperClient
    private let logger: Logger
    private let mailbox = Mailbox<Change>()

    init(client: ZooKeeperClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    /// Whose chunks these are from now on; nil deletes them (the agent was removed from the cluster).
    func adopt(_ id: AgentID?) { mailbox.put(.agent(id)) }
    func publish(_ record: TaskRecord) { mailbox.put(.put(record)) }
    /// Writes all records again: somebody else deleted them.
    func republish() { mailbox.put(.everything) }
    func retract(_ key: TaskKey) { mailbox.put(.remove(key.description)) }

    /// - found: called once per agent id with the records of an earlier process.
    func run(found: @escaping @Sendable ([TaskRecord]) async -> Void) async {
        var state = State()
        while let changes = await mailbox.take() {
            for change in changes { apply(change, &state) }
            var failures = 0
            while !Task.isCancelled, state.hasWork {
                do {
                    try await flush(&state, found)
                } catch {
                    state.known = nil
                    failures += 1
                    logger.warning("The task records are not written yet", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .milliseconds(min(2000, 20 << min(failures, 7))))
                }
                for change in mailbox.takeNow() { apply(change, &state) }
            }
        }
    }

    private struct State {
        var agent: AgentID?
        var layout: ChunkLayout?
        /// The chunks that exist in ZooKeeper; nil: must be read.
        var known: Set<String>?
        var hasReadOld = false
        /// To be deleted with all chunks.
        var former: [AgentID] = []

        var hasWork: Bool { !former.isEmpty || layout?.hasChanges ?? false || (layout != nil && (!hasReadOld || known == nil)) }
    }

    private func apply(_ change: Change, _ state: inout State) {
        switch change {
        case .agent(let id):
            guard id != state.agent else { return }
            if let old = state.agent { state.former.append(old) }
            state.agent = id
            state.layout = id.map(ChunkLayout.init)
            state.known = nil
            state.hasReadOld = false
        case .put(let record):
            do {
                try state.layout?.put(record)
            } catch {
                logger.error("A task record cannot be encoded", metadata: ["task": "\(record.key)", "error": "\(error)"])
            }
        case .remove(let key): state.layout?.remove(key)
        case .everything: state.known = nil
        }
    }

    private func flush(_ state: inout State, _ found: @Sendable ([TaskRecord]) async -> Void) async throws {
        while let former = state.former.first {
            try await client.deleteSubtree(MesosStatePaths.tasks(of: former))
            state.former.removeFirst()
        }
        guard let agent = state.agent, var layout = state.layout else { return }
        if state.known == nil {
            let names = try await existing(agent)
            if !state.hasReadOld {
                // What is told about comes back as changes.
                await found(try await records(names, of: agent))
                state.hasReadOld = true
            }
            layout.rewrite(existing: names)
            state.known = names
        }
        var known = state.known ?? []
        while layout.hasChanges {
            let ops = layout.takeChanges(limit: Self.batchSize).compactMap { change -> Op? in
                switch change {
                case .write(let chunk, let payload):
                    let path = MesosStatePaths.chunk(chunk, of: agent)
                    return known.insert(chunk).inserted ? .create(path, payload) : .set(path, payload)
                case .delete(let chunk):
                    return known.remove(chunk) == nil ? nil : .delete(MesosStatePaths.chunk(chunk, of: agent))
                }
            }
            // Kept before the attempt: after a failure everything is read and written anew.
            state.layout = layout
            if !ops.isEmpty { _ = try await client.multi(ops) }
            state.known = known
        }
        state.layout = layout
    }

    private func existing(_ agent: AgentID) async throws -> Set<String> {
        let path = MesosStatePaths.tasks(of: agent)
        do {
            return Set(try await client.children(path).names)
        } catch let error as ZooKeeperError where error.code == .noNode {
            try await client.createWithParents(path)
            return []
        }
    }

    private func records(_ chunks: Set<String>, of agent: AgentID) async throws -> [TaskRecord] {
        var records: [TaskRecord] = []
        for chunk in chunks.sorted() {
            let (data, _) = try await client.get(MesosStatePaths.chunk(chunk, of: agent))
            if let chunk = try? ClusterJSON.decode(TaskChunk.self, from: data) { records += chunk.tasks.values }
        }
        return records
    }
}
