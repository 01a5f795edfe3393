/// How long a znode lives.
public enum NodeKind: Sendable, Hashable {
    case persistent
    /// As long as the session.
    case ephemeral(session: Int64)
    /// Until some time after its last child went.
    case container
    /// - milliseconds: without a change and without children.
    case timeToLive(milliseconds: Int64)

    private static let containerOwner = Int64.min
    private static let timeToLiveMask: UInt64 = 0xff00_0000_0000_0000

    /// From the `ephemeralOwner` of a stat.
    public init(owner: Int64) {
        let bits = UInt64(bitPattern: owner)
        switch owner {
        case 0: self = .persistent
        case Self.containerOwner: self = .container
        // Sessions never look like this: with the extended types ids of servers are below 255.
        case _ where bits & Self.timeToLiveMask == Self.timeToLiveMask:
            self = .timeToLive(milliseconds: Int64(bits & 0xff_ffff_ffff))
        default: self = .ephemeral(session: owner)
        }
    }

    /// The `ephemeralOwner` of a stat.
    public var owner: Int64 {
        switch self {
        case .persistent: 0
        case .ephemeral(let session): session
        case .container: Self.containerOwner
        case .timeToLive(let milliseconds): Int64(bitPattern: Self.timeToLiveMask | UInt64(bitPattern: milliseconds))
        }
    }
}
