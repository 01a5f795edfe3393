import Logging
import ResourceModel

/// Writes status updates to disk, those of one task in order, those of many tasks together.
final class UpdateLog: Sendable {
    private struct Record: Sendable {
        var run: TaskRun
        var entry: StatusUpdateStream.Entry
    }

    private let store: TaskStore
    private let io: BlockingIO
    private let logger: Logger
    private let mailbox = Mailbox<Record>()

    init(store: TaskStore, io: BlockingIO, logger: Logger) {
        self.store = store
        self.io = io
        self.logger = logger
    }

    func append(_ entry: StatusUpdateStream.Entry, of run: TaskRun) {
        mailbox.put(Record(run: run, entry: entry))
    }

    /// - persisted: called with each update that is on disk. One that the disk refuses (because it is full) is passed on too:
    ///   the framework must hear of it, and only a crash of the agent before its acknowledgement could lose it then.
    func run(persisted: @escaping @Sendable (TaskKey, String) async -> Void) async {
        while let batch = await mailbox.take() {
            var entries: [TaskRun: [StatusUpdateStream.Entry]] = [:]
            for record in batch { entries[record.run, default: []].append(record.entry) }
            await withTaskGroup(of: Void.self) { group in
                for (run, entries) in entries {
                    group.addTask { await self.write(entries, of: run, persisted) }
                }
            }
        }
    }

    private func write(
        _ entries: [StatusUpdateStream.Entry], of run: TaskRun, _ persisted: @Sendable (TaskKey, String) async -> Void
    ) async {
        do {
            try await io.run { [store] in try store.append(entries, of: run) }
        } catch is CancellationError {
            return
        } catch {
            logger.error("A status update is not on disk", metadata: ["task": "\(run.key)", "error": "\(error)"])
        }
        for case .update(let status) in entries {
            if let uuid = status.uuid { await persisted(run.key, uuid) }
        }
    }
}
