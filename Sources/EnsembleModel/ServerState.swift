/// The state of a ZooKeeper server as clients of Exhibitor read it (contracts/exhibitor.md §3).
public enum ServerState: Int, Sendable, Hashable, CaseIterable {
    /// Not configured yet, or not looked at yet.
    case latent = 0
    /// The client port does not answer.
    case down = 1
    /// The process is up but in no quorum.
    case notServing = 2
    /// Standalone, leader, follower or observer.
    case serving = 3

    public var code: Int { rawValue }

    public var description: String {
        switch self {
        case .latent: "latent"
        case .down: "down"
        case .notServing: "not serving"
        case .serving: "serving"
        }
    }
}
