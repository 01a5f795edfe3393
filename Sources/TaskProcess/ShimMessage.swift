/// A line from a shim to whoever is connected.
public enum ShimMessage: Sendable, Hashable {
    /// The step of the launch that failed, in the order they happen.
    public enum Step: String, Sendable, Hashable, CaseIterable {
        case specification, state, fork, session, cgroup, user, directory, output, execute
    }

    /// The task's program runs. - startTime: clock ticks after boot, as in /proc/<pid>/stat: with the pid it names the
    /// process for good.
    case started(pid: Int32, startTime: UInt64)
    /// Nothing runs; `error` is an errno.
    case failed(Step, error: Int32)
    /// The main process and everything it left behind are gone.
    case exited(ShimExit)

    public var line: String {
        switch self {
        case .started(let pid, let startTime): "started \(pid) \(startTime)"
        case .failed(let step, let error): "failed \(step.rawValue) \(error)"
        case .exited(let exit): exit.line
        }
    }

    /// - line: without the line feed.
    public init?(line: some StringProtocol) {
        let words = line.split(separator: " ")
        switch words.first {
        case "started":
            guard words.count == 3, let pid = Int32(words[1]), let startTime = UInt64(words[2]) else { return nil }
            self = .started(pid: pid, startTime: startTime)
        case "failed":
            guard words.count == 3, let step = Step(rawValue: String(words[1])), let error = Int32(words[2]) else { return nil }
            self = .failed(step, error: error)
        case "exit":
            guard let exit = ShimExit(line: line) else { return nil }
            self = .exited(exit)
        default: return nil
        }
    }
}
