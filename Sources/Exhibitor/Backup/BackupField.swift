/// One setting of a backup provider, as `ui/backup-config` describes it (contracts/exhibitor.md §6).
struct BackupField: Encodable, Sendable, Equatable {
    enum Kind: String, Encodable, Sendable {
        case text = "s"
        case integer = "i"
    }

    /// As in `backup-extra`.
    var key: String
    var name: String
    var help: String
    /// The value that applies: of the configuration, else the provider's default.
    var value: String
    var type: Kind
}
