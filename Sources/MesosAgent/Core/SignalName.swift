/// The names strsignal(3) gives in the C locale; clients match them (contracts/mesos.md §14).
enum SignalName {
    static func text(_ signal: Int) -> String {
        let names = [
            "Hangup", "Interrupt", "Quit", "Illegal instruction", "Trace/breakpoint trap", "Aborted", "Bus error",
            "Floating point exception", "Killed", "User defined signal 1", "Segmentation fault", "User defined signal 2", "Broken pipe",
            "Alarm clock", "Terminated", "Stack fault", "Child exited", "Continued", "Stopped (signal)", "Stopped",
            "Stopped (tty input)", "Stopped (tty output)", "Urgent I/O condition", "CPU time limit exceeded", "File size limit exceeded",
            "Virtual timer expired", "Profiling timer expired", "Window changed", "I/O possible", "Power failure", "Bad system call",
        ]
        guard names.indices.contains(signal - 1) else {
            return signal >= 34 ? "Real-time signal \(signal - 34)" : "Unknown signal \(signal)"
        }
        return names[signal - 1]
    }
}
