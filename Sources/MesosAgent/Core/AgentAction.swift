import ClusterState
import ResourceModel

/// What the agent's core wants done.
enum AgentAction: Sendable {
    /// Prepare the sandbox and start the task; answered by `started`, `failed` and later `exited`.
    case launch(AgentTask, FrameworkInfo)
    /// SIGTERM, and SIGKILL after the grace period.
    case kill(TaskKey, grace: Duration)
    /// Append to the task's updates on disk; answered by `persisted` when it is an update.
    case persist(TaskKey, StatusUpdateStream.Entry)
    /// Report to the leading master.
    case send(AgentReport.Update)
    /// Write the task's record to ZooKeeper.
    case publish(TaskRecord)
    /// Delete it there.
    case retract(TaskKey)
    /// Write the records of all tasks to ZooKeeper again: they were deleted there.
    case republish
    /// Nothing of the task is needed any more but its sandbox, for a while.
    case complete(AgentTask)
    /// Prepare the sandbox of a custom executor and start it; answered by `executorStarted`, `executorFailed` and later
    /// `executorExited`.
    case launchExecutor(ExecutorMachine, FrameworkInfo)
    /// Write down a task of a custom executor and give the container the resources; answered by `checkpointed`.
    case checkpoint(AgentTask, FrameworkInfo, [Resource])
    /// Put an event into an executor's stream.
    case tellExecutor(ExecutorKey, ExecutorEvent)
    /// End an executor's stream.
    case closeExecutor(ExecutorKey)
    /// Kill everything in an executor's container: SIGTERM, and SIGKILL after the grace period.
    case destroyExecutor(ExecutorKey, grace: Duration)
    /// Give an executor's container these resources.
    case resizeExecutor(ExecutorKey, [Resource])
    /// Nothing of the executor is needed any more but its sandbox, for a while.
    case completeExecutor(ExecutorMachine)
    /// Report an executor's message to the leading master.
    case sendMessage(AgentReport.Message)
    /// Report an executor's end there.
    case sendExit(AgentReport.ExecutorExit)
    /// Store the id the master gave (or confirmed).
    case adopt(AgentID)
    /// Everything is dead: forget the id and register as a new agent.
    case forget
}

/// How a task's process ended.
enum TaskEnd: Sendable, Hashable {
    case code(Int)
    case signal(Int)
    /// The kernel killed it for its memory use. - limit, used: bytes. - statistics: the lines of the group's `memory.stat`.
    case memory(limit: Int, used: Int, statistics: String = "")
    /// The agent ended it for using more than it was given. - reason: `REASON_…`.
    case limited(String, reason: String)
    /// Its supervisor is gone without a trace.
    case lost(String)
    /// The machine was rebooted.
    case rebooted

    /// What a framework is told of a memory kill (contracts/mesos.md §16).
    static func memoryMessage(limit: Int, used: Int, statistics: String) -> String {
        "Memory limit exceeded: Requested: \(limit >> 20)MB Maximum Used: \(used >> 20)MB"
            + (statistics.isEmpty ? "" : "\n\nMEMORY STATISTICS: \n\(statistics)")
    }
}
