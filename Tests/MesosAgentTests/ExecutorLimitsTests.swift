import FoundationEssentials
import Glibc
import Platform
import ResourceModel
import TaskProcess
import Testing

@testable import MesosAgent

/// What holds for a custom executor as a whole, against real agents, real programs and real control groups.
@Suite("Limits and faults of custom executors", .serialized) struct ExecutorLimitsTests {
    private static let memory = "/sys/fs/cgroup/memory"
    private static let hasMemoryGroups = access(memory + "/cgroup.procs", W_OK) == 0
    private static let groupTrait: Comment = "needs writable control groups of version 1 below \(ExecutorLimitsTests.memory)"
    private static var root: String { "mesos-test-\(getpid())" }

    private func launch(
        _ world: AgentWorld, _ id: TaskID, command: String? = nil, _ change: (inout TaskInfo) -> Void = { _ in }
    ) {
        world.master.launch(id, "") { task in
            task.command = nil
            task.data = Data("run".utf8).base64EncodedString()
            var info = ExecutorInfo(
                executor_id: "ex", command: CommandInfo(shell: command ?? "exec python3 \(world.work)/executor.py"))
            info.resources = [.scalar("cpus", 0.1), .scalar("mem", 64)]
            task.executor = info
            change(&task)
        }
    }

    private func withAgentWorld(_ body: @escaping @Sendable (AgentWorld) async throws -> Void) async throws {
        try await AgentWorld.with { world in
            let file = open(world.work + "/executor.py", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            try SandboxFile.write(Array(ExecutorProgram.source.utf8), to: file)
            close(file)
            try await body(world)
        }
    }

    private func shutDown(_ world: AgentWorld) async throws {
        world.master.send(.shutdownFramework) { $0.framework_id = "f-0000" }
        try await eventually("over") { try await world.records().isEmpty }
    }

    @Test func `a task that runs for longer than it may fails for that; the executor goes on`() async throws {
        try await withAgentWorld { world in
            try await world.withAgent {
                try await eventually("registered") { !world.master.registrations.isEmpty }
                launch(world, "stays")
                launch(world, "long") { $0.max_completion_time = DurationInfo(nanoseconds: 300_000_000) }
                try await eventually("failed", detail: { world.output() }) { world.master.states(of: "long") == [.running, .failed] }
                let status = world.master.status(of: "long", .failed)
                #expect(status?.reason == "REASON_MAX_COMPLETION_TIME_REACHED")
                #expect(status?.message == "Task has run for its max_completion_time of 300ms")
                #expect(world.master.states(of: "stays") == [.running])
                try await shutDown(world)
            }
        }
    }

    @Test func `an executor that fills more disk than it and its tasks were given ends with them`() async throws {
        try await withAgentWorld { world in
            let master = world.master
            try await world.withAgent({
                $0.isolation = ["disk/du"]
                $0.enforcesContainerDiskQuota = true
                $0.containerDiskWatchInterval = .milliseconds(50)
            }) {
                try await eventually("registered") { !master.registrations.isEmpty }
                let command = "head -c 6291456 /dev/zero > data; exec python3 \(world.work)/executor.py"
                launch(world, "one", command: command) { $0.resources.append(.scalar("disk", 8)) }
                try await eventually("running", detail: { world.output() }) { master.states(of: "one") == [.running] }
                launch(world, "two", command: command) { $0.resources.append(.scalar("disk", 8)) }
                try await eventually("both run") { master.states(of: "two") == [.running] }
                // With its share the sandbox is too full.
                master.kill("one")
                master.kill("two")
                launch(world, "three", command: command) { $0.resources.append(.scalar("disk", 2)) }
                try await eventually("failed") { master.states(of: "three").last == .failed }
                let status = master.status(of: "three", .failed)
                #expect(status?.reason == "REASON_CONTAINER_LIMITATION_DISK", "\(master.updates)")
                #expect(status?.message?.hasSuffix("exceeds quota (2MB)") == true)
            }
        }
    }

    @Test(.enabled(if: hasMemoryGroups, groupTrait))
    func `the groups of an executor grow and shrink with its tasks`() async throws {
        try await withAgentWorld { world in
            let master = world.master
            try await world.withAgent({
                $0.isolation = ["cgroups/cpu", "cgroups/mem"]
                $0.cgroupsRoot = Self.root
            }) {
                try await eventually("registered") { !master.registrations.isEmpty }
                launch(world, "one")
                try await eventually("one", detail: { world.output() }) { master.states(of: "one") == [.running] }
                let container = master.status(of: "one", .running)?.container_status?.container_id?.value ?? ""
                @Sendable func megabytes(_ file: String) -> Int? {
                    FileText.read("\(Self.memory)/\(Self.root)/\(container)/memory.\(file)", limit: 64)
                        .flatMap { Int($0.filter { !$0.isWhitespace }) }.map { $0 >> 20 }
                }
                #expect(megabytes("limit_in_bytes") == 96 && megabytes("soft_limit_in_bytes") == 96)
                launch(world, "two")
                try await eventually("two") { master.states(of: "two") == [.running] }
                #expect(megabytes("limit_in_bytes") == 128 && megabytes("soft_limit_in_bytes") == 128)
                master.kill("two")
                try await eventually("smaller") { megabytes("soft_limit_in_bytes") == 96 }
                #expect(megabytes("limit_in_bytes") == 128, "a hard limit is never lowered")
                try await shutDown(world)
                try await eventually("no groups") { access("\(Self.memory)/\(Self.root)/\(container)", F_OK) != 0 }
            }
        }
        removeRoots()
    }

    private func removeRoots() {
        for controller in ["cpu", "cpuacct", "memory"] { rmdir("/sys/fs/cgroup/\(controller)/\(Self.root)") }
    }

    @Test(.enabled(if: hasMemoryGroups, groupTrait)) func `a group that no run on disk owns is destroyed, another agent's is not`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let groups = Cgroups(
            layout: CgroupLayout(version: .v1, hierarchy: "/sys/fs/cgroup", root: Self.root, controllers: [.memory]))
        try groups.prepare()
        defer { removeRoots() }
        try DirectoryTree.create(scratch.path + "/other/meta/run", mode: 0o700)
        try scratch.write("other/meta/run/\(ShimFiles.lock)", "")
        var processes: [String: pid_t] = [:]
        defer {
            for pid in processes.values {
                kill(pid, SIGKILL)
                waitpid(pid, nil, 0)
            }
            _ = groups.remove("foreign")
        }
        for (name, directory) in [("orphan", "/"), ("known", "/"), ("foreign", scratch.path + "/other/meta/run")] {
            let files = try groups.create(ContainerID(name), .init(cpus: 1, memory: 0))
            var pid: pid_t = 0
            let words = ["sh", "-c", "cd '\(directory)' && echo $$ > \(files[0]) && exec sleep 1000"]
            var arguments = words.map { strdup($0) } + [nil]
            defer { for argument in arguments { free(argument) } }
            try #require(posix_spawn(&pid, "/bin/sh", nil, nil, &arguments, nil) == 0)
            processes[name] = pid
            let deadline = ContinuousClock.now + .seconds(10)
            while (FileText.read(files[0], limit: 64) ?? "").isEmpty, ContinuousClock.now < deadline { usleep(5_000) }
        }
        let orphans = OrphanCgroups(cgroups: groups, work: scratch.path + "/own")
        let found = orphans.find(except: ["known"])
        #expect(found == ["orphan"])
        for container in found { #expect(orphans.destroy(container)) }
        var status: Int32 = 0
        if let pid = processes.removeValue(forKey: "orphan") { waitpid(pid, &status, 0) }
        #expect(status & 0x7f == SIGKILL && groups.containers() == ["known", "foreign"])
        groups.killAll("known")
        if let pid = processes.removeValue(forKey: "known") { waitpid(pid, &status, 0) }
        #expect(groups.remove("known"))
    }

    // MARK: The real program

    /// `dcosd mesos-agent` in a process of its own.
    private func start(_ world: AgentWorld) throws -> pid_t {
        let program = AgentWorld.shim.replacing("/task-shim", with: "/dcosd")
        let words = [
            program, "mesos-agent", "--master=zk://\(world.servers)/mesos", "--ip=\(world.ip)", "--port=\(AgentWorld.port)",
            "--work_dir=\(world.work)", "--resources=cpus:4;mem:1024;disk:1000;ports:[31000-31100]",
            "--registration_backoff_factor=50ms", "--executor_reregistration_timeout=30secs", "--zk_session_timeout=4secs",
            "--fetcher_cache_dir=\(world.work)/fetch",
        ]
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        try #require(posix_spawn(&pid, program, nil, nil, &arguments, environ) == 0)
        return pid
    }

    @Test func `an agent that is killed leaves its executor and tasks running; nothing is lost or run twice`() async throws {
        try await withAgentWorld { world in
            let master = world.master
            var agent = try start(world)
            defer {
                kill(agent, SIGKILL)
                waitpid(agent, nil, 0)
            }
            try await eventually("registered") { !master.registrations.isEmpty }
            launch(world, "one")
            launch(world, "two")
            try await eventually("both", detail: { world.output() }) {
                master.states(of: "one") == [.running] && master.states(of: "two") == [.running]
            }
            let pid = Int32(master.status(of: "one", .running)?.container_status?.executor_pid ?? 0)
            for round in 1...2 {
                let before = master.registrations.count
                kill(agent, SIGKILL)
                waitpid(agent, nil, 0)
                // Told while no agent is there.
                master.setAcknowledging(round == 2)
                agent = try start(world)
                try await eventually("again") { master.registrations.count > before }
                #expect(master.registrations.last?.agent_info.id == master.agentID)
                let told = master.registrations.last?.tasks.map(\.task.task_id) ?? []
                #expect(told.contains("one") && told.contains("two"))
                let next = TaskID("three-\(round)")
                launch(world, next)
                try await eventually("\(next)", detail: { world.output() }) { master.distinctStates(of: next) == [.running] }
                #expect(ProcessTable.entry(of: pid) != nil)
            }
            master.setAcknowledging(true)
            master.kill("one")
            try await eventually("killed", detail: { "\(master.updates) \(world.output())" }) {
                master.distinctStates(of: "one") == [.running, .killed]
            }
            #expect(master.distinctStates(of: "two") == [.running])
            let output = world.output()
            for id in ["one", "two", "three-1", "three-2"] {
                #expect(output.split(separator: "update \(id) TASK_RUNNING ").count == 2, "\(id) was launched once: \(output)")
            }
            try await shutDown(world)
            try await eventually("gone") { ProcessTable.entry(of: pid) == nil }
        }
    }

    @Test func `a second agent on a work directory is refused with a clear line`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let configuration = AgentConfiguration(
            master: "zk://127.0.0.1:2181/mesos", ip: "127.0.0.1", port: 0, workDirectory: scratch.path, taskShim: Scratch.shim)
        let first = try AgentStart(configuration)
        defer { close(first.lock) }
        do {
            close(try AgentStart(configuration).lock)
            Issue.record("two agents share \(scratch.path)")
        } catch {
            #expect("\(error)".hasPrefix("another agent uses the work directory \(scratch.path)"))
        }
    }
}
