import FoundationEssentials
import Glibc

/// Bytes to standard output and standard error.
enum StandardOutput {
    /// - Throws: `CommandFailure` when the reader is gone or the disk full.
    static func write(_ data: Data) throws {
        guard writeAll(data, to: STDOUT_FILENO) else { throw CommandFailure(.other, "Cannot write to standard output") }
    }

    static func writeError(_ line: String) {
        _ = writeAll(Data((line + "\n").utf8), to: STDERR_FILENO)
    }

    private static func writeAll(_ data: Data, to descriptor: Int32) -> Bool {
        data.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
                if count < 0 {
                    if errno == EINTR { continue }
                    return false
                }
                offset += count
            }
            return true
        }
    }
}
