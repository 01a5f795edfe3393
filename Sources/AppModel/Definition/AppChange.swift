/// What a change does to one app.
public enum AppChange: Sendable, Hashable {
    case created
    /// Any field but `instances` differs; both may.
    case configuration
    /// Only `instances` differs.
    case scaling
    /// Same definition, every task is to be replaced.
    case restart
    case none
}
