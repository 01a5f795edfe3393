import Glibc
import NIOCore
import NIOPosix
import Platform

/// A program run to its end, for its output.
struct Command: Error, CustomStringConvertible {
    let line: String
    let output: String
    let exit: ProcessExit?

    var description: String { "\(line): \(exit.map { "\($0)" } ?? "?"): \(output)" }

    /// Runs a script of the shell; it stops at the first command that fails.
    /// - Throws: `Command` when it did not end with 0.
    @discardableResult
    static func shell(_ script: String) async throws -> String {
        let command = try await run(script)
        guard command.exit == .code(0) else { throw command }
        return command.output
    }

    private static func run(_ script: String) async throws -> Command {
        // A file without a name: it goes with its descriptor.
        let name = "/tmp/ensemble-faults-output-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let file = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemError.current }
        unlink(name)
        defer { close(file) }
        let process = try await spawn(
            .init(path: "/bin/sh", arguments: ["-e", "-c", script], environment: ProcessEnvironment.current, output: file))
        let exit = await process.waitForExit()
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = pread(file, &bytes, bytes.count, 0)
        return Command(line: script, output: String(decoding: bytes.prefix(max(0, count)), as: UTF8.self), exit: exit)
    }

    /// Forks on a thread that may block.
    static func spawn(_ program: ProcessLauncher.Program) async throws -> ProcessHandle {
        try await NIOSingletons.posixBlockingThreadPool.runIfActive { try ProcessLauncher.spawn(program) }
    }
}
