import ArgumentParser
import FoundationEssentials
import Glibc

/// A command line that a component does not understand: start scripts of the originals look for their words and exit codes
/// (contracts/exhibitor.md §12.7, contracts/mesos.md §2).
struct UsageError {
    /// By component.
    static let exitCodes: [String: Int32] = ["exhibitor": 2, "mesos-master": 1, "mesos-agent": 1]

    let exitCode: Int32
    /// What goes to the standard error stream.
    let message: String

    /// - Returns: nil when the error is none of usage, or of another component.
    init?(_ error: any Error, arguments: [String]) {
        guard let component = arguments.first, let code = Self.exitCodes[component],
            DCOSDaemon.exitCode(for: error) == .validationFailure
        else { return nil }
        exitCode = code
        let full = DCOSDaemon.fullMessage(for: error)
        // `Error: Unknown option '--name'. …`
        let quoted = (full.split(separator: "\n").first ?? "").split(separator: "'", omittingEmptySubsequences: false)
        guard component == "exhibitor", quoted.count >= 3, quoted[0].hasSuffix("Unknown option ") else {
            message = full
            return
        }
        message = "Unknown option: \(quoted[1])\n" + full
    }

    func exit() -> Never {
        let bytes = Array((message + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
        Glibc.exit(exitCode)
    }
}
