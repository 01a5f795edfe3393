/// A line to a shim.
public enum ShimCommand: Sendable, Hashable {
    /// Answered by the message that describes the present state.
    case status
    /// SIGTERM to the whole tree, SIGKILL after the grace period.
    case kill(graceMilliseconds: Int64)

    public var line: String {
        switch self {
        case .status: "status"
        case .kill(let grace): "kill \(grace)"
        }
    }

    /// - line: without the line feed.
    public init?(line: some StringProtocol) {
        let words = line.split(separator: " ")
        switch words.first {
        case "status" where words.count == 1: self = .status
        case "kill":
            guard words.count == 2, let grace = Int64(words[1]), grace >= 0 else { return nil }
            self = .kill(graceMilliseconds: grace)
        default: return nil
        }
    }
}
