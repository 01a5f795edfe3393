/// What a kind of `ConfigurationStore` is good for.
public struct ConfigurationStoreTraits: Sendable, Equatable {
    /// `static`: the list of servers is fixed on the command line and stores are refused.
    public var isFixed: Bool
    /// `none`: this instance is alone; no backups, no automatic instance management.
    public var isStandalone: Bool

    public init(isFixed: Bool = false, isStandalone: Bool = false) {
        self.isFixed = isFixed
        self.isStandalone = isStandalone
    }

    public static let shared = ConfigurationStoreTraits()
}
