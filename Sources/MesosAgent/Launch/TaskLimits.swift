import Glibc
import ResourceModel
import Synchronization
import TaskProcess

/// Ends a task that has run for too long or fills the disk: watches it beside its supervision.
struct TaskLimits: Sendable {
    /// Why a task was ended for a limit; the first reason counts.
    final class Breach: Sendable {
        private let end = Mutex<TaskEnd?>(nil)
        var value: TaskEnd? { end.withLock { $0 } }
        func set(_ new: TaskEnd) { end.withLock { if $0 == nil { $0 = new } } }
    }

    /// Nil: disks are not measured.
    let disks: DiskWatch?
    let io: BlockingIO

    /// Until cancelled, or until a limit is exceeded: then the task's end is in `breach` and it is being killed.
    /// - Parameters:
    ///   - directory: the sandbox.
    ///   - resources: what the container has got at the moment.
    ///   - record: the file that the task's supervisor wrote when it forked it.
    func watch(
        _ task: AgentTask, directory: String, resources: @escaping @Sendable () -> [Resource], record: String, kills: KillRequests,
        breach: Breach
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                guard let disks, let message = await disks.watch(task.containerID, directory: directory, resources: resources)
                else { return }
                breach.set(.limited(message, reason: "REASON_CONTAINER_LIMITATION_DISK"))
                kills.request(grace: .zero)
            }
            guard let longest = task.info.max_completion_time?.nanoseconds else { return }
            group.addTask {
                let ran = (try? await io.run { Self.age(of: record) }) ?? .zero
                do { try await Task.sleep(for: max(.zero, .nanoseconds(longest) - ran)) } catch { return }
                breach.set(
                    .limited(Self.overdue(longest), reason: Self.overdueReason))
                kills.request(grace: task.grace(nil))
            }
        }
    }

    static let overdueReason = "REASON_MAX_COMPLETION_TIME_REACHED"

    /// - longest: nanoseconds.
    static func overdue(_ longest: Int64) -> String {
        "Task has run for its max_completion_time of \(MesosDuration(.nanoseconds(longest)))"
    }

    /// How long ago the process of a record (`<pid> <ticks after boot>`) was started, by a clock that nobody sets. Blocks.
    static func age(of record: String) -> Duration {
        var now = timespec()
        guard let words = FileText.read(record, limit: 256)?.split(whereSeparator: \.isWhitespace), words.count == 2,
            let start = Double(words[1]), clock_gettime(CLOCK_BOOTTIME, &now) == 0
        else { return .zero }
        let began = start / Double(sysconf(Int32(_SC_CLK_TCK)))
        return max(.zero, .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec) - .seconds(began))
    }
}
