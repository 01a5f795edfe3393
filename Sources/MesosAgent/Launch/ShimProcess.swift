import CLinux
import Glibc
import TaskProcess

/// Starting and finding shims. Every function blocks.
struct ShimProcess: Sendable {
    /// Path of the executable.
    let executable: String

    struct Started: Sendable {
        /// The agent's end of the control connection.
        var control: Int32
        var pid: pid_t
    }

    /// A shim that outlives this process. Its run directory exists.
    /// - Throws: `SystemFailure`; EWOULDBLOCK when a shim serves the directory already.
    func startDetached(directory: String) throws -> Started {
        let path = directory + "/" + ShimFiles.lock
        let lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw SystemFailure("cannot open \(path)") }
        defer { close(lock) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw SystemFailure("a supervisor is running already") }
        let started = try start(["task-shim", "run", directory], lock: lock)
        // It detaches at once; its first process is ours to reap.
        Self.reap(started.pid)
        return started
    }

    /// A shim that ends with its control connection; reap it then.
    func startOnce() throws -> Started { try start(["task-shim", "once"], lock: -1) }

    private func start(_ arguments: [String], lock: Int32) throws -> Started {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw SystemFailure("cannot create a socket pair")
        }
        defer { close(ends[1]) }
        var pid: pid_t = 0
        var pointers = arguments.map { UnsafePointer<CChar>(strdup($0)) } + [nil]
        defer { for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) } }
        let error = clinux_spawn_shim(executable, &pointers, ends[1], lock, &pid)
        guard error == 0 else {
            close(ends[0])
            throw SystemFailure("cannot start \(executable)", code: error)
        }
        return Started(control: ends[0], pid: pid)
    }

    static func reap(_ pid: pid_t) {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }

    /// Whether a shim lives that serves a run directory.
    static func isAlive(directory: String) -> Bool {
        let lock = open(directory + "/" + ShimFiles.lock, O_RDWR | O_CLOEXEC)
        guard lock >= 0 else { return false }
        defer { close(lock) }
        return flock(lock, LOCK_EX | LOCK_NB) != 0
    }

    static func exit(directory: String) -> ShimExit? {
        FileText.read(directory + "/" + ShimFiles.exit, limit: 256).flatMap { ShimExit(line: $0.prefix { $0 != "\n" }) }
    }

    /// Kills what a shim left behind that was itself killed: everything in the session of the task.
    /// - Returns: whether a task had been started at all.
    static func killRemains(directory: String) -> Bool {
        guard let text = FileText.read(directory + "/" + ShimFiles.process, limit: 256) else { return false }
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard words.count == 2, let pid = Int32(words[0]), let start = UInt64(words[1]) else { return false }
        for _ in 0..<16 {
            let table = ProcessTable.current()
            // A session's number is not given away while a member lives, so only a reused leader must be told apart.
            if let leader = table.entries[pid], leader.startTime != start { return true }
            var members: Set<Int32> = []
            for entry in table.entries.values where entry.session == pid {
                members.insert(entry.pid)
                for child in table.descendants(of: entry.pid) { members.insert(child.pid) }
            }
            let alive = members.filter { table.entries[$0].map { !$0.isZombie } ?? false }
            if alive.isEmpty { return true }
            for member in alive { kill(member, SIGKILL) }
        }
        return true
    }
}
