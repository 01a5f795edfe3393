import ResourceModel
import Testing

@testable import MesosAgent

@Suite("What a launch is made of") struct LaunchTests {
    @Test func `the framework's variables win, nothing of the agent's environment is there`() {
        let environment = TaskEnvironment(
            base: ["BASE": "1"], ip: "10.0.0.1", port: 5051, shutdownGracePeriod: "5secs", recoveryTimeout: "15mins")
        var command = CommandInfo(shell: "true")
        command.environment = Environment(variables: [.init(name: "PATH", value: "/mine"), .init(name: "PORT0", value: "31000")])
        let run = TaskRun(agent: "a-S0", key: TaskKey(framework: "f", task: "t"), container: "c")
        let variables = environment.variables(for: run, directory: "/s", checkpoint: false, command: command)
        #expect(variables.contains("PATH=/mine") && variables.contains("PORT0=31000") && variables.contains("BASE=1"))
        #expect(variables.contains("MESOS_SANDBOX=/s") && variables.contains("MESOS_AGENT_ENDPOINT=10.0.0.1:5051"))
        #expect(!variables.contains { $0.hasPrefix("HOME=") || $0.hasPrefix("MESOS_RECOVERY_TIMEOUT") })
        #expect(Set(variables.map { $0.prefix { $0 != "=" } }).count == variables.count)
    }

    @Test func `a command is a shell line or a program with its arguments`() throws {
        #expect(try TaskCommand(CommandInfo(shell: "a b")).arguments == ["sh", "-c", "a b"])
        var command = CommandInfo(shell: "/bin/x")
        command.shell = false
        #expect(try TaskCommand(command).arguments == ["/bin/x"])
        command.arguments = ["zero", "one"]
        let parsed = try TaskCommand(command)
        #expect(parsed.executable == "/bin/x" && parsed.arguments == ["zero", "one"])
        #expect(throws: LaunchFailure.self) { try TaskCommand(nil) }
        #expect(throws: LaunchFailure.self) { try TaskCommand(CommandInfo(shell: "a\0b")) }
    }

    @Test(arguments: [
        ("http://h/dir/a.tgz?x=1", "a.tgz?x=1", nil), ("http://h/a.tar.gz", "a.tar.gz", FetchItem.Extraction.tar),
        ("/x/a.zip", "a.zip", .zip),
        ("file:///x/a.gz", "a.gz", .gzip), ("/x/readme", "readme", nil),
    ])
    func `a URI names its file and what to extract`(uri: String, name: String, extraction: FetchItem.Extraction?) throws {
        let item = try FetchItem(CommandInfo.URI(value: uri), frameworksHome: nil)
        #expect(item.name == name && item.extraction == extraction)
    }

    @Test(arguments: ["", "http://h/", "/x/..", "relative", "hdfs://h/x", "ftp://h/x", "/x/it's", "file://host/x", "/a\\b"])
    func `a URI that cannot be fetched is refused`(uri: String) {
        #expect(throws: LaunchFailure.self) { try FetchItem(CommandInfo.URI(value: uri), frameworksHome: nil) }
    }

    @Test(arguments: ["/abs", "../up", "a/../../b", "dir/"]) func `an output file stays in the sandbox`(name: String) {
        var uri = CommandInfo.URI(value: "/x/y")
        uri.output_file = name
        #expect(throws: LaunchFailure.self) { try FetchItem(uri, frameworksHome: nil) }
    }

    @Test func `names of command executors are cut as in the original`() {
        var task = TaskInfo(name: "n", task_id: "t", agent_id: "a", resources: [])
        #expect(TaskCommand.executorName(of: task) == "Command Executor (Task: t) (Command: NO COMMAND)")
        task.command = CommandInfo(shell: "sleep 1000")
        #expect(TaskCommand.executorName(of: task) == "Command Executor (Task: t) (Command: sh -c 'sleep 1000')")
        task.command = CommandInfo(shell: "python3 -m http.server $PORT0")
        #expect(TaskCommand.executorName(of: task) == "Command Executor (Task: t) (Command: sh -c 'python3 -m h...')")
    }

    @Test func `old sandboxes go the sooner the fuller the disk is`() {
        let delay = Duration.seconds(1000)
        #expect(SandboxCollector.allowedAge(delay: delay, headroom: 0.1, used: 0) == .seconds(900))
        #expect(SandboxCollector.allowedAge(delay: delay, headroom: 0.1, used: 0.95) == .zero)
    }

    @Test func `paths of the server are found by their longest prefix`() {
        #expect(AgentRoute(path: "/state") == .state && AgentRoute(path: "/slave(1)/state.json") == .state)
        #expect(AgentRoute(path: "/slave%281%29/state/extra") == .state && AgentRoute(path: "/monitor/statistics.json") == .statistics)
        #expect(AgentRoute(path: "/files/read.json") == .read && AgentRoute(path: "/health") == .health)
        #expect(AgentRoute(path: "/nothing") == nil && AgentRoute(path: "/state/../files") == nil && AgentRoute(path: "/files") == nil)
    }
}
