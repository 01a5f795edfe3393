import Glibc
import Platform

/// Runs a program of the system to its end. It dies with this process.
enum ProgramRunner {
    /// What the program may print at most; more is read and dropped.
    private static let outputLimit = 64 << 20

    /// - Returns: what it printed on both streams.
    /// - Throws: `BackupError.program` when it cannot be started or ends with anything but 0.
    @discardableResult
    static func run(_ path: String, _ arguments: [String]) async throws -> String {
        var environment = ProcessEnvironment.current
        // Messages and listings are parsed, and shown as they are.
        environment["LC_ALL"] = "C.UTF-8"
        environment["TAR_OPTIONS"] = nil
        environment["GZIP"] = nil
        let settled = environment
        let (process, output) = try await Files.onThread { () throws -> (ProcessHandle, String) in
            var ends: [Int32] = [-1, -1]
            // No program inherits them: the launcher closes what it is not told to pass on.
            guard pipe(&ends) == 0 else { throw Files.failure("open", "pipe") }
            let reading = OpenFile(descriptor: ends[0], path: "pipe")
            let process: ProcessHandle
            do {
                defer { close(ends[1]) }
                process = try ProcessLauncher.spawn(
                    ProcessLauncher.Program(
                        path: path, arguments: arguments, environment: settled, output: ends[1], parentDeathSignal: SIGKILL))
            } catch {
                throw BackupError.program(name: path, ending: "cannot be started (\(error))", output: "")
            }
            var bytes: [UInt8] = []
            try withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 16) { buffer in
                while true {
                    let count = try reading.read(into: buffer)
                    if count == 0 { break }
                    if bytes.count < outputLimit { bytes += buffer[..<count] }
                }
            }
            return (process, String(decoding: bytes, as: UTF8.self))
        }
        guard let exit = await process.waitForExit() else {
            process.send(signal: SIGKILL)
            throw CancellationError()
        }
        guard exit == .code(0) else {
            let lines = output.split(separator: "\n").suffix(10).joined(separator: "\n")
            throw BackupError.program(name: Files.name(of: path), ending: "\(exit)", output: lines)
        }
        return output
    }
}
