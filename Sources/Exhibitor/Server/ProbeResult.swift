/// What a server answered to `srvr` (contracts/exhibitor.md §8 step 1, §13.4).
///
/// `srvr` is the only word every 3.8 server answers: `ruok` is not in the default white list.
public enum ProbeResult: Sendable, Hashable {
    public enum Mode: String, Sendable, Hashable { case leader, follower, observer, standalone }

    /// The client port does not answer in time.
    case noAnswer
    /// It answers, but is in no quorum.
    case notServing
    case serving(Mode)

    /// - answer: everything the server sent before it closed the connection; nil when it could not be asked.
    public init(answer: String?) {
        guard let answer, !answer.isEmpty else {
            self = .noAnswer
            return
        }
        for line in answer.split(whereSeparator: \.isNewline) where line.hasPrefix("Mode: ") {
            // `read-only` is no mode of ours: such a server is cut off from its quorum.
            if let mode = Mode(rawValue: String(line.dropFirst(6))) {
                self = .serving(mode)
                return
            }
        }
        self = .notServing
    }
}
