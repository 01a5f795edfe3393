import NIOPosix

/// A thread of its own for work that blocks for long, outside the cooperative pool.
enum DedicatedThread {
    /// Runs `body` on a new thread and waits for its end.
    static func run(_ body: @escaping @Sendable () -> Void) async throws {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        do {
            try await pool.runIfActive(body)
        } catch {
            try await pool.shutdownGracefully()
            throw error
        }
        try await pool.shutdownGracefully()
    }
}
