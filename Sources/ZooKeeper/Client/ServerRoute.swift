import Synchronization

/// Leads connections to the servers of an ensemble over something else than a plain connection to their addresses.
///
/// The library underneath speaks plain TCP only; a route is how a process reaches an ensemble that wants TLS
/// (contracts/exhibitor.md §14.1) without any of its parts knowing.
public protocol ServerRoute: Sendable {
    /// Where to connect in place of a server.
    /// - server: `host:port`.
    /// - Returns: `host:port` to which a plain connection is made.
    func address(of server: String) async throws -> String
}

/// The route of the clients of this process.
public enum ServerRouting {
    private static let route = Mutex<(any ServerRoute)?>(nil)

    /// The route which clients made from now on take unless they are given one; nil: straight to the servers.
    ///
    /// Set once, when the process starts.
    public static var standard: (any ServerRoute)? {
        get { route.withLock { $0 } }
        set { route.withLock { $0 = newValue } }
    }
}
