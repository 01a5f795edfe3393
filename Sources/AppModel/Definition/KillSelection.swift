/// Which of equally good victims goes first (contracts/marathon.md §16).
public enum KillSelection: String, Sendable, Hashable {
    case youngestFirst = "YOUNGEST_FIRST"
    case oldestFirst = "OLDEST_FIRST"
}
