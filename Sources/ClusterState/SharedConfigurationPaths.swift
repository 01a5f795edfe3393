/// Where Exhibitor keeps the configuration of an ensemble in another ensemble (contracts/exhibitor.md §7.5).
///
/// | path | kind | payload |
/// |---|---|---|
/// | `configs/config` | persistent | Java properties text; its version is the version of the configuration |
/// | `locks/_c_<uuid>-lock-NNNNNNNNNN` | ephemeral sequential | host name of the contender; the lowest number owns the lock |
/// | `candidates/<host>` | ephemeral | host name |
public struct SharedConfigurationPaths: Sendable, Hashable {
    /// The `--zkconfigzpath`, without a slash at the end.
    public let root: String

    public init(root: String) {
        var root = root
        while root.hasSuffix("/") { root.removeLast() }
        self.root = root
    }

    public var configs: String { root + "/configs" }
    public var config: String { configs + "/config" }
    public var locks: String { root + "/locks" }
    public var candidates: String { root + "/candidates" }

    public func candidate(_ hostname: String) -> String { "\(candidates)/\(hostname)" }

    /// The path of a contender's node up to its number.
    /// - id: unique; finds the node again when the answer to its creation was lost.
    public func lockPrefix(id: String) -> String { "\(locks)/_c_\(id)-lock-" }
    public func lock(_ name: String) -> String { "\(locks)/\(name)" }

    /// The names of contenders in the order in which they get the lock; other children do not count.
    public static func contenders(among children: some Sequence<String>) -> [String] {
        children.compactMap { child -> (number: Int64, name: String)? in
            guard let dash = child.lastIndex(of: "-"), child.contains("-lock-"), let number = Int64(child[child.index(after: dash)...])
            else { return nil }
            return (number, child)
        }
        .sorted { $0.number < $1.number }
        .map(\.name)
    }
}
