import NIOPosix

/// The thread on which servers are started and files are written.
///
/// One thread for the life of the process: `ServerLauncher.Lifetime.boundToThread` binds servers to it, and the writes
/// of one server's files never overlap.
public enum ServerThread {
    private static let pool: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        return pool
    }()

    /// Runs blocking work there.
    public static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await pool.runIfActive(body)
    }

    /// Hands blocking work over without waiting for it.
    static func submit(_ body: @escaping @Sendable () -> Void) {
        pool.submit { state in
            if case .active = state { body() }
        }
    }
}
