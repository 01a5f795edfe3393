import NIOPosix

/// Threads for calls that block: file systems, process creation. The cooperative pool never waits for a disk.
final class BlockingIO: Sendable {
    private let pool: NIOThreadPool

    init(threads: Int = 4) {
        pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
    }

    /// Throws `CancellationError` when the calling task is cancelled before `body` starts.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await pool.runIfActive(body)
    }

    /// Runs `body` sooner or later, whatever happens to the caller (on this thread when the pool is stopped).
    func submit(_ body: @escaping @Sendable () -> Void) {
        pool.submit { _ in body() }
    }

    func stop() async {
        try? await pool.shutdownGracefully()
    }
}
