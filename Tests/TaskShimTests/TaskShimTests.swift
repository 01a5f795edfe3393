import Glibc
import TaskProcess
import Testing

@Suite("The parent of a task", .serialized) struct TaskShimTests {
    @Test func `output goes to files in the sandbox, the environment is exactly the given one`() throws {
        let run = try ShimRun()
        var specification = run.shell("env; pwd; echo problem >&2; cat")
        specification.environment = ["PATH=/usr/bin:/bin", "GREETING=hello world"]
        try run.start(specification)
        _ = try run.started()
        #expect(try run.exit() == ShimExit(cause: .code(0), wasKilled: false))
        let lines = run.text(of: "sandbox/stdout").split(separator: "\n").map(String.init)
        let own = Set(lines).subtracting(["_=/usr/bin/env", "PWD=\(run.sandbox)", "OLDPWD=", "SHLVL=0"])
        #expect(own == ["PATH=/usr/bin:/bin", "GREETING=hello world", run.sandbox])
        #expect(run.text(of: "sandbox/stderr") == "problem\n")
    }

    @Test func `output is appended to what is there`() throws {
        let run = try ShimRun()
        for word in ["one", "two"] {
            try run.start(run.shell("echo \(word)"))
            _ = try run.exit()
            run.hangUp()
            #expect(run.eventually { !run.shimIsAlive })
        }
        #expect(run.text(of: "sandbox/stdout") == "one\ntwo\n")
    }

    @Test func `the task has its own session and inherits no descriptors`() throws {
        let run = try ShimRun()
        try run.start(run.shell("ls /proc/self/fd | wc -l; exec sleep 100"))
        let pid = try run.started()
        let entry = try #require(ProcessTable.entry(of: pid))
        #expect(entry.session == pid && entry.group == pid)
        #expect(entry.session != getsid(0))
        // 0, 1, 2 and the one of the directory that ls reads.
        #expect(run.eventually { run.text(of: "sandbox/stdout") == "4\n" })
        run.send(.kill(graceMilliseconds: 0))
        _ = try run.exit()
    }

    @Test func `an exit code is told and kept in the exit file`() throws {
        let run = try ShimRun()
        try run.start(run.shell("exit 7"))
        #expect(try run.exit() == ShimExit(cause: .code(7), wasKilled: false))
        #expect(run.text(of: "meta/exit") == "exit code 7\n")
    }

    @Test func `a program that does not exist is a failed launch with the step and the error`() throws {
        let run = try ShimRun()
        var specification = run.shell("")
        specification.executable = "/no/such/program"
        try run.start(specification)
        #expect(try run.message() == .failed(.execute, error: ENOENT))
        #expect(run.eventually { !run.shimIsAlive })
        #expect(run.text(of: "meta/exit") == "")
    }

    @Test func `a sandbox that does not exist is a failed launch`() throws {
        let run = try ShimRun()
        var specification = run.shell("true")
        specification.directory = "/no/such/directory"
        try run.start(specification)
        #expect(try run.message() == .failed(.directory, error: ENOENT))
    }

    @Test func `the task runs as the given user and cannot write where that user may not`() throws {
        try #require(getuid() == 0)
        let run = try ShimRun()
        chmod(run.root, 0o755)
        chown(run.sandbox, 65534, 65534)
        var specification = run.shell("id -u; id -g; id -G")
        specification.identity = .init(uid: 65534, gid: 65534, groups: [65534])
        try run.start(specification)
        #expect(try run.exit() == ShimExit(cause: .code(0), wasKilled: false))
        #expect(run.text(of: "sandbox/stdout") == "65534\n65534\n65534\n")
        chown(run.sandbox, 0, 0)
        remove(run.sandbox + "/stdout")
        remove(run.sandbox + "/stderr")
        run.hangUp()
        #expect(run.eventually { !run.shimIsAlive })
        try run.start(specification)
        #expect(try run.message() == .failed(.output, error: EACCES))
    }

    @Test func `a kill is SIGTERM first`() throws {
        let run = try ShimRun()
        try run.start(run.shell("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done"))
        _ = try run.started()
        #expect(run.eventually { run.text(of: "sandbox/stdout") == "ready\n" })
        run.send(.kill(graceMilliseconds: 20_000))
        #expect(try run.exit() == ShimExit(cause: .code(0), wasKilled: true))
        #expect(run.text(of: "sandbox/stdout") == "ready\nbye\n")
    }

    @Test func `a task that ignores SIGTERM gets SIGKILL after the grace period`() throws {
        let run = try ShimRun()
        try run.start(run.shell("trap '' TERM; echo ready; while :; do sleep 0.05; done"))
        _ = try run.started()
        #expect(run.eventually { run.text(of: "sandbox/stdout") == "ready\n" })
        run.send(.kill(graceMilliseconds: 300))
        #expect(try run.exit() == ShimExit(cause: .signal(Int(SIGKILL)), wasKilled: true))
    }

    @Test func `a second kill with a shorter grace period shortens the wait`() throws {
        let run = try ShimRun()
        try run.start(run.shell("trap '' TERM; echo ready; while :; do sleep 0.05; done"))
        #expect(run.eventually { run.text(of: "sandbox/stdout") == "ready\n" })
        run.send(.kill(graceMilliseconds: 3_600_000))
        run.send(.kill(graceMilliseconds: 100))
        #expect(try run.exit() == ShimExit(cause: .signal(Int(SIGKILL)), wasKilled: true))
    }

    @Test func `a kill reaches children that left for a session of their own`() throws {
        let run = try ShimRun()
        try run.start(run.shell("setsid sh -c 'echo $$; exec sleep 1000' & setsid setsid -f sleep 1001; echo $!; wait"))
        let pid = try run.started()
        #expect(run.eventually { run.text(of: "sandbox/stdout").split(separator: "\n").count == 2 })
        let child = try #require(run.text(of: "sandbox/stdout").split(separator: "\n").compactMap { Int32($0) }.first)
        #expect(isAlive(child))
        run.send(.kill(graceMilliseconds: 10_000))
        #expect(try run.exit() == ShimExit(cause: .signal(Int(SIGTERM)), wasKilled: true))
        #expect(!isAlive(child) && !isAlive(pid))
        #expect(run.eventually { !run.shimIsAlive })
        #expect(!ProcessTable.current().entries.values.contains { $0.session == child && !$0.isZombie })
    }

    @Test func `daemons that the main process leaves behind end with it`() throws {
        let run = try ShimRun()
        try run.start(run.shell("setsid -f sh -c 'echo $$; trap \"\" TERM; while :; do sleep 0.1; done'; sleep 0.3; exit 3"))
        #expect(try run.exit() == ShimExit(cause: .code(3), wasKilled: false))
        let daemon = try #require(Int32(run.text(of: "sandbox/stdout").dropLast()))
        #expect(!isAlive(daemon))
    }

    @Test func `the task goes on when its spawner hangs up, and is found again`() throws {
        let run = try ShimRun()
        try run.start(run.shell("exec sleep 1000"))
        let pid = try run.started()
        run.hangUp()
        try run.reconnect()
        run.send(.status)
        #expect(try run.started() == pid)
        run.send(.kill(graceMilliseconds: 1000))
        #expect(try run.exit() == ShimExit(cause: .signal(Int(SIGTERM)), wasKilled: true))
    }

    @Test func `an exit while nobody listens is found in the exit file`() throws {
        let run = try ShimRun()
        try run.start(run.shell("while [ ! -e gate ]; do sleep 0.02; done; exit 5"))
        _ = try run.started()
        run.hangUp()
        close(open(run.sandbox + "/gate", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
        #expect(run.eventually { !run.shimIsAlive })
        #expect(run.text(of: "meta/exit") == "exit code 5\n")
        remove(run.sandbox + "/gate")
    }

    @Test func `the death of the spawner by SIGKILL leaves the task alone`() throws {
        let run = try ShimRun()
        // A shell stands in for the agent: it dies while the shim it started goes on.
        try run.start(run.shell("exec sleep 1000"))
        let pid = try run.started()
        let shim = try #require(ProcessTable.entry(of: pid)).parent
        let entry = try #require(ProcessTable.entry(of: shim))
        #expect(entry.session == shim && entry.session != getsid(0), "no signal to the agent's group or session reaches the shim")
        #expect(entry.parent != getpid(), "the shim is nobody's child any more")
        run.send(.kill(graceMilliseconds: 0))
        _ = try run.exit()
    }

    @Test func `the pid file names the process`() throws {
        let run = try ShimRun()
        try run.start(run.shell("exec sleep 1000"))
        let pid = try run.started()
        let start = try #require(ProcessTable.entry(of: pid)).startTime
        #expect(run.eventually { run.text(of: "meta/pids/forked.pid") == "\(pid) \(start)\n" })
        run.send(.kill(graceMilliseconds: 0))
        _ = try run.exit()
    }

    @Test func `a short command ends with its caller`() throws {
        let run = try ShimRun()
        try run.start(run.shell("setsid sleep 1000 & echo $!; sleep 1000"), once: true)
        let pid = try run.started()
        #expect(run.eventually { run.text(of: "sandbox/stdout") != "" })
        let child = try #require(Int32(run.text(of: "sandbox/stdout").dropLast()))
        run.hangUp()
        #expect(run.eventually { !isAlive(pid) && !isAlive(child) })
        var status: Int32 = 0
        waitpid(run.pid, &status, 0)
    }

    @Test func `a caller that sends rubbish gets no task`() throws {
        let run = try ShimRun()
        var specification = run.shell("true")
        specification.environment = []
        try run.start(specification, once: true)
        _ = try run.exit()
        var status: Int32 = 0
        waitpid(run.pid, &status, 0)
        #expect(ShimSpecification(body: Array("nonsense\0".utf8)) == nil)
        #expect(ShimSpecification.bodyLength([0xff, 0xff, 0xff, 0xff]) == nil)
    }
}
