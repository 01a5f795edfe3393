import Glibc

/// The content of a gzip file, through the program `gzip`.
final class GzipSource: ByteSource {
    private let path: String
    private let output: FileSource
    private var process: pid_t?

    init(path: String) throws(TransactionLogError) {
        // Told here: the program could only say that it failed.
        let input = open(path, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw .file(operation: "open", path: path, code: errno) }
        defer { close(input) }
        // Not a pipe: this one is closed in other new processes from the start.
        var pipe: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pipe) == 0 else {
            throw .file(operation: "make a pipe for", path: path, code: errno)
        }
        defer { close(pipe[1]) }
        let pid: pid_t
        do {
            pid = try Self.spawn(path: path, input: input, output: pipe[1])
        } catch {
            close(pipe[0])
            throw error
        }
        self.path = path
        output = FileSource(descriptor: pipe[0], path: path)
        process = pid
    }

    deinit {
        // It ends by SIGPIPE at the latest; it must not stay a zombie.
        guard let process else { return }
        kill(process, SIGKILL)
        _ = Self.wait(for: process)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransactionLogError) -> Int {
        let count = try output.read(into: buffer)
        if count == 0, let process {
            self.process = nil
            // A damaged file: what came before the damage has been read.
            guard Self.wait(for: process) == 0 else { throw .cannotDecompress(path: path) }
        }
        return count
    }

    private static func spawn(path: String, input: Int32, output: Int32) throws(TransactionLogError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("gzip"), strdup("-dc"), nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/bin:/bin"), nil]
        defer {
            for text in arguments { free(text) }
            for text in environment { free(text) }
        }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, "gzip", &actions, nil, &arguments, &environment)
        guard code == 0 else { throw .file(operation: "start gzip for", path: path, code: code) }
        return pid
    }

    private static func wait(for process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }
}
