import Glibc
import NIOPosix

/// Threads that read and write indexes. Making one takes a thread for long: searches have another.
enum IndexThreads {
    private static let making: NIOThreadPool = start()
    private static let searching: NIOThreadPool = start()

    private static func start() -> NIOThreadPool {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        return pool
    }

    /// With the lowest priority: ZooKeeper comes first.
    static func make<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await making.runIfActive {
            // On Linux this is about the calling thread.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
            return try body()
        }
    }

    static func search<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await searching.runIfActive(body)
    }
}
