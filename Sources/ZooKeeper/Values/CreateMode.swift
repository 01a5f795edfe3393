/// How long a znode lives and whether its name gets a number.
public enum CreateMode: Sendable, Hashable {
    case persistent
    case ephemeral
    case persistentSequential
    case ephemeralSequential
    /// Removed by the server some time after its last child went; not allowed in a multi.
    case container
    /// Removed when it has no children and was not modified for this long; not allowed in a multi. 1 ms ... 2^40-1 ms.
    case ttl(Duration)
    case ttlSequential(Duration)

    var raw: Int32 {
        switch self {
        case .persistent: 0
        case .ephemeral: 1
        case .persistentSequential: 2
        case .ephemeralSequential: 3
        case .container: 4
        case .ttl: 5
        case .ttlSequential: 6
        }
    }

    /// Milliseconds; -1 for all but the TTL modes.
    var timeToLive: Int64 {
        switch self {
        case .ttl(let duration), .ttlSequential(let duration): duration.milliseconds
        default: -1
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded towards zero.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
