import FoundationEssentials
import Glibc
import Platform

/// libfaketime of Debian: the wall clock of a process tree is turned by writing a file.
enum FakeClock {
    static let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
    static var isInstalled: Bool { access(library, R_OK) == 0 }

    static func environment(file: String) -> [String: String] {
        [
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": file, "FAKETIME_NO_CACHE": "1",
            // As when an operator sets the clock: what measures durations goes on.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1",
            // Waits of the JVM are by the monotonic clock; mending them hangs it.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        ]
    }

    /// Seconds ahead of the truth.
    static func set(_ file: String, ahead seconds: Int) throws {
        let text = seconds >= 0 ? "+\(seconds)" : "\(seconds)"
        try Data((text + "\n").utf8).write(to: URL(filePath: file), options: .atomic)
    }
}
