import ArgumentParser
import FoundationEssentials
import Glibc

/// A command line that `dcosd exhibitor` does not understand: start scripts of the original look for its words and for an
/// exit code that is not 0 (contracts/exhibitor.md §12.7).
struct UsageError {
    static let exitCode: Int32 = 2

    /// What goes to the standard error stream.
    let message: String

    /// - Returns: nil when the error is none of usage, or of another component.
    init?(_ error: any Error, arguments: [String]) {
        guard arguments.first == "exhibitor", DCOSDaemon.exitCode(for: error) == .validationFailure else { return nil }
        let full = DCOSDaemon.fullMessage(for: error)
        // `Error: Unknown option '--name'. …`
        let quoted = (full.split(separator: "\n").first ?? "").split(separator: "'", omittingEmptySubsequences: false)
        guard quoted.count >= 3, quoted[0].hasSuffix("Unknown option ") else {
            message = full
            return
        }
        message = "Unknown option: \(quoted[1])\n" + full
    }

    func exit() -> Never {
        let bytes = Array((message + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
        Glibc.exit(Self.exitCode)
    }
}
