import Glibc

@testable import EnsembleBackup

/// Programs that tests run.
enum Program {
    /// `dcosd`, built beside the tests.
    static var daemon: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return Files.parent(of: path) + "/dcosd"
    }

    struct Result: Equatable {
        var ending: String
        var output: String
    }

    static func run(_ path: String, _ arguments: [String]) async throws -> Result {
        do {
            return Result(ending: "exited with code 0", output: try await ProgramRunner.run(path, arguments))
        } catch BackupError.program(_, let ending, let output) {
            return Result(ending: ending, output: output)
        }
    }

    static func shell(_ script: String) async throws -> Result { try await run("/bin/sh", ["-c", script]) }
}
