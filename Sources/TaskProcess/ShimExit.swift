/// How a task's main process ended; one line of text, in the exit file and on the control connection.
public struct ShimExit: Sendable, Hashable {
    public enum Cause: Sendable, Hashable {
        case code(Int)
        case signal(Int)
    }
    public var cause: Cause
    /// A kill had been asked for before.
    public var wasKilled: Bool

    public init(cause: Cause, wasKilled: Bool) {
        self.cause = cause
        self.wasKilled = wasKilled
    }

    /// `exit code 0`, `exit signal 15 killed`.
    public var line: String {
        let end = wasKilled ? " killed" : ""
        return switch cause {
        case .code(let code): "exit code \(code)\(end)"
        case .signal(let signal): "exit signal \(signal)\(end)"
        }
    }

    /// - line: without the line feed.
    public init?(line: some StringProtocol) {
        let words = line.split(separator: " ")
        guard words.count == 3 || (words.count == 4 && words[3] == "killed"), words[0] == "exit", let number = Int(words[2])
        else { return nil }
        switch words[1] {
        case "code": self.init(cause: .code(number), wasKilled: words.count == 4)
        case "signal": self.init(cause: .signal(number), wasKilled: words.count == 4)
        default: return nil
        }
    }
}
