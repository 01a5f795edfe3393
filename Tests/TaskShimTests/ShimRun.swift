import CLinux
import Glibc
import TaskProcess

/// A run directory, a sandbox and the shim that serves them.
final class ShimRun {
    struct Failure: Error, CustomStringConvertible { var description: String }

    static var executable: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/task-shim"
    }

    let root: String
    var meta: String { root + "/meta" }
    var sandbox: String { root + "/sandbox" }
    private(set) var control: Int32 = -1
    private(set) var pid: Int32 = 0
    private var pending: [UInt8] = []

    init() throws {
        var template = Array("/tmp/task-shim-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "mkdtemp: \(errno)") }
        root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        mkdir(meta, 0o700)
        mkdir(sandbox, 0o755)
    }

    deinit {
        if control >= 0 { close(control) }
        for name in [
            "meta/pids/forked.pid", "meta/pids", "meta/exit", "meta/shim.sock", "meta/shim.lock", "meta", "sandbox/stdout",
            "sandbox/stderr",
        ] {
            remove(root + "/" + name)
        }
        remove(sandbox)
        remove(root)
    }

    func shell(_ script: String) -> ShimSpecification {
        var specification = ShimSpecification(
            executable: "/bin/sh", arguments: ["sh", "-c", script], environment: ["PATH=/usr/bin:/bin"], directory: sandbox)
        specification.standardOutput = sandbox + "/stdout"
        specification.standardError = sandbox + "/stderr"
        return specification
    }

    func start(_ specification: ShimSpecification, once: Bool = false) throws {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw Failure(description: "socketpair: \(errno)")
        }
        let lock = once ? -1 : open(meta + "/" + ShimFiles.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if !once, flock(lock, LOCK_EX | LOCK_NB) != 0 { throw Failure(description: "flock: \(errno)") }
        let arguments = once ? ["task-shim", "once"] : ["task-shim", "run", meta]
        var pointers = arguments.map { UnsafePointer<CChar>(strdup($0)) } + [nil]
        let error = clinux_spawn_shim(Self.executable, &pointers, ends[1], lock, &pid)
        for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) }
        close(ends[1])
        if lock >= 0 { close(lock) }
        control = ends[0]
        guard error == 0 else { throw Failure(description: "posix_spawn: \(error)") }
        guard let bytes = specification.encoded() else { throw Failure(description: "unencodable") }
        guard Glibc.send(control, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Failure(description: "send: \(errno)")
        }
    }

    func hangUp() {
        close(control)
        control = -1
        pending = []
    }

    /// Connects as a restarted agent does.
    func reconnect() throws {
        let directory = open(meta, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(directory) }
        control = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            for (index, byte) in "/proc/self/fd/\(directory)/\(ShimFiles.socket)".utf8.enumerated() { target[index] = byte }
        }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(control, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard connected == 0 else { throw Failure(description: "connect: \(errno)") }
    }

    func send(_ command: ShimCommand) {
        let line = Array((command.line + "\n").utf8)
        _ = Glibc.send(control, line, line.count, Int32(MSG_NOSIGNAL))
    }

    /// The next message; throws after 20 s or at the end of the connection.
    func message() throws -> ShimMessage {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeSubrange(...end)
                guard let message = ShimMessage(line: line) else { throw Failure(description: "not a message: \(line)") }
                return message
            }
            var waiting = pollfd(fd: control, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 20_000) > 0 else { throw Failure(description: "no message in time") }
            var buffer = [UInt8](repeating: 0, count: 1024)
            let count = recv(control, &buffer, buffer.count, 0)
            guard count > 0 else { throw Failure(description: "the connection ended") }
            pending.append(contentsOf: buffer[..<count])
        }
    }

    func started() throws -> Int32 {
        guard case .started(let pid, _) = try message() else { throw Failure(description: "not started") }
        return pid
    }

    func exit() throws -> ShimExit {
        while true {
            if case .exited(let exit) = try message() { return exit }
        }
    }

    func text(of path: String) -> String {
        let file = open(root + "/" + path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = read(file, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    /// Waits for a condition; false after 20 s.
    func eventually(_ condition: () -> Bool) -> Bool {
        for _ in 0..<2000 {
            if condition() { return true }
            usleep(10_000)
        }
        return condition()
    }

    var shimIsAlive: Bool {
        let lock = open(meta + "/" + ShimFiles.lock, O_RDWR | O_CLOEXEC)
        defer { close(lock) }
        return flock(lock, LOCK_EX | LOCK_NB) != 0
    }
}

/// Whether a process exists and is no zombie.
func isAlive(_ pid: Int32) -> Bool { ProcessTable.entry(of: pid).map { !$0.isZombie } ?? false }
