/// What an operator can switch off per instance (contracts/exhibitor.md §3, §11).
public enum ControlSwitch: String, Sendable, CaseIterable {
    case restarts, cleanup, backups

    /// Case and underscores do not matter.
    public init?(lenient name: String) {
        self.init(rawValue: name.lowercased().filter { $0 != "_" })
    }
}
