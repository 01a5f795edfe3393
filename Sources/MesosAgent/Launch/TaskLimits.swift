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
    ///   - record: the file that the task's supervisor wrote when it forked it.
    func watch(_ task: AgentTask, directory: String, record: String, kills: KillRequests, breach: Breach) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                guard let disks, let message = await disks.watch(task.containerID, directory: directory, resources: task.info.resources)
                else { return }
                breach.set(.limited(message, reason: "REASON_CONTAINER_LIMITATION_DISK"))
                kills.request(grace: .zero)
            }
            guard let longest = task.info.max_completion_time?.nanoseconds else { return }
            group.addTask {
                let ran = (try? await io.run { Self.age(of: record) }) ?? .zero
                do { try await Task.sleep(for: max(.zero, .nanoseconds(longest) - ran)) } catch { return }
                breach.set(
                    .limited(
                        "Task has run for its max_completion_time of \(MesosDuration(.nanoseconds(longest)))",
                        reason: "REASON_MAX_COMPLETION_TIME_REACHED"))
                kills.request(grace: task.grace(nil))
            }
        }
    }

    /// How long ago a file was written. Blocks.
    private static func age(of path: String) -> Duration {
        var now = timespec()
        guard let information = DirectoryTree.information(path), clock_gettime(CLOCK_REALTIME, &now) == 0 else { return .zero }
        return max(.zero, .seconds(now.tv_sec - information.st_mtim.tv_sec) + .nanoseconds(now.tv_nsec - information.st_mtim.tv_nsec))
    }
}
