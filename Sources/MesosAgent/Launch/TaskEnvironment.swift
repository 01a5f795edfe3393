import ResourceModel

/// The environment of a command task (contracts/mesos.md §15.4). Nothing of the agent's own is in it.
struct TaskEnvironment: Sendable, Hashable {
    static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// `--executor_environment_variables`.
    var base: [String: String]
    var ip: String
    var port: Int
    /// As Mesos prints durations: `5secs`.
    var shutdownGracePeriod: String
    var recoveryTimeout: String

    /// `NAME=value`, each name once, sorted.
    func variables(for run: TaskRun, directory: String, checkpoint: Bool, command: CommandInfo?) -> [String] {
        var result = base
        if result["PATH"] == nil { result["PATH"] = Self.defaultPath }
        result["LIBPROCESS_IP"] = ip
        result["LIBPROCESS_PORT"] = "0"
        result["MESOS_FRAMEWORK_ID"] = run.key.framework.value
        result["MESOS_EXECUTOR_ID"] = run.key.task.value
        result["MESOS_SLAVE_ID"] = run.agent.value
        result["MESOS_SLAVE_PID"] = "slave(1)@\(ip):\(port)"
        result["MESOS_AGENT_ENDPOINT"] = "\(ip):\(port)"
        result["MESOS_DIRECTORY"] = directory
        result["MESOS_SANDBOX"] = directory
        result["MESOS_CONTAINER_NAME"] = "mesos-\(run.agent).\(run.container)"
        result["MESOS_CHECKPOINT"] = checkpoint ? "1" : "0"
        result["MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD"] = shutdownGracePeriod
        result["MESOS_HTTP_COMMAND_EXECUTOR"] = "0"
        if checkpoint {
            result["MESOS_RECOVERY_TIMEOUT"] = recoveryTimeout
            result["MESOS_SUBSCRIPTION_BACKOFF_MAX"] = "2secs"
        }
        for variable in command?.environment?.variables ?? [] { result[variable.name] = variable.value }
        return result.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }
}
