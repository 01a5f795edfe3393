import AppModel
public import ResourceModel

/// Turns a launch into the TaskInfo that Mesos gets (contracts/marathon.md §11).
///
///     let task = TaskInfoBuilder(user: "root").taskInfo(for: launch, taskID: taskID)
public struct TaskInfoBuilder: Sendable {
    /// `--mesos_user`: for apps that do not say.
    public var user: String?
    /// `--env_vars_prefix`.
    public var environmentPrefix: String
    /// `--executor`: for apps that do not say; `//cmd` is Mesos' own.
    public var executor: String

    public init(user: String? = nil, environmentPrefix: String = "", executor: String = "//cmd") {
        self.user = user
        self.environmentPrefix = environmentPrefix
        self.executor = executor
    }

    public func taskInfo(for launch: Launch, taskID: String) -> TaskInfo {
        let app = launch.app
        let ports = launch.ports
        var task = TaskInfo(
            name: app.id.hostForm, task_id: TaskID(taskID), agent_id: launch.agentID, resources: launch.resources)
        task.labels = Self.labels(app.labels)
        task.discovery = discovery(app, ports)
        let variables = TaskEnvironment.variables(
            of: app, taskID: taskID, host: launch.placement.hostname, ports: ports, prefix: environmentPrefix)
        let container = ContainerBuilder.container(of: app, ports: ports)
        if let path = app.customExecutor ?? (app.executor.isEmpty && executor != "//cmd" ? executor : nil) {
            task.executor = executorInfo(path, app, variables, container, taskID)
        } else {
            task.command = command(app, variables)
            task.container = container
        }
        task.health_check = HealthCheckBuilder.healthCheck(of: app, ports: ports)
        task.kill_policy = app.taskKillGracePeriodSeconds.map {
            KillPolicy(grace_period: DurationInfo(nanoseconds: Int64(clamping: $0).clampedSeconds))
        }
        return task
    }

    private func command(_ app: AppDefinition, _ variables: [String: String]) -> CommandInfo {
        var command: CommandInfo
        if let cmd = app.cmd {
            command = CommandInfo(shell: cmd)
        } else {
            command = CommandInfo()
            command.shell = false
            command.arguments = app.args ?? []
            // Without a container there is no image to name the program.
            if app.container == nil { command.value = app.args?.first }
        }
        finish(&command, app, variables)
        return command
    }

    private func finish(_ command: inout CommandInfo, _ app: AppDefinition, _ variables: [String: String]) {
        command.user = app.user ?? user
        command.uris = app.fetch.map { entry in
            var uri = CommandInfo.URI(value: entry.uri)
            uri.extract = entry.extract
            uri.executable = entry.executable
            uri.cache = entry.cache
            uri.output_file = entry.outputFile
            return uri
        }
        command.environment = Environment(
            variables: variables.sorted { $0.key < $1.key }.map { Environment.Variable(name: $0.key, value: $0.value) })
    }

    private func executorInfo(
        _ path: String, _ app: AppDefinition, _ variables: [String: String], _ container: ContainerInfo?, _ taskID: String
    ) -> ExecutorInfo {
        let quoted = "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
        let arguments = app.cmd ?? app.args?.joined(separator: " ") ?? ""
        let text = "chmod ug+rx \(quoted) && exec \(quoted)" + (arguments.isEmpty ? "" : " " + arguments)
        var command = CommandInfo(shell: text)
        finish(&command, app, variables)
        var info = ExecutorInfo(executor_id: ExecutorID("marathon-\(taskID)"), command: command)
        info.source = taskID
        info.container = container
        return info
    }

    private func discovery(_ app: AppDefinition, _ ports: TaskPorts) -> DiscoveryInfo {
        let list = DiscoveryPort.all(of: app, ports: ports).map { port in
            DiscoveryInfo.Port(
                number: port.number, name: port.name, protocol: port.protocol,
                labels: port.labels.isEmpty ? nil : Self.labels(port.labels))
        }
        return DiscoveryInfo(name: app.id.hostForm, ports: DiscoveryInfo.Ports(ports: list))
    }

    static func labels(_ labels: [String: String]) -> Labels {
        Labels(labels.sorted { $0.key < $1.key }.map { Label(key: $0.key, value: $0.value) })
    }
}

extension Int64 {
    /// Seconds as nanoseconds, saturated.
    fileprivate var clampedSeconds: Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product
    }
}
