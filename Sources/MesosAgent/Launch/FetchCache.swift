import Glibc
import ResourceModel
import Synchronization

/// Files that were fetched with `cache: true`, for the next task that wants them (contracts/mesos.md §15.5).
///
/// - Guarantee: one download per key at a time, all who want it meanwhile wait; a file in use is never removed; a fetch
///   that fails or is cancelled leaves nothing, and one of those who waited tries for itself.
final class FetchCache: Sendable {
    typealias Key = FetchCacheIndex.Key

    enum Claim: Sendable, Hashable {
        /// Path of the cached file. Give it back with `release`.
        case ready(String)
        /// Fetch it to this path and say `complete` (then `release`) or `abandon`.
        case fetch(String)
        case bypass
    }

    private struct State {
        var index: FetchCacheIndex
        var waiters: [Key: [AsyncStream<Void>.Continuation]] = [:]
        /// Directories that were made or checked by this process.
        var prepared: Set<String> = []
    }

    private let directory: String
    private let io: BlockingIO
    private let state: Mutex<State>

    /// - directory: absolute; the agents of a machine share it, each has a directory of its own inside.
    /// - capacity: bytes.
    init(directory: String, capacity: Int, io: BlockingIO) {
        self.directory = directory
        self.io = io
        state = Mutex(State(index: FetchCacheIndex(capacity: capacity)))
    }

    var capacity: Int { state.withLock { $0.index.capacity } }
    /// Bytes.
    var size: Int { state.withLock { $0.index.size } }
    var count: Int { state.withLock { $0.index.entries.count } }

    /// What an earlier process left is not known any more. Blocks.
    static func empty(directory: String, agent: AgentID) { DirectoryTree.remove("\(directory)/\(agent)") }

    /// - Parameters:
    ///   - agent: whose cache.
    ///   - size: asks for the size in bytes, when the file is not there and nobody fetches it.
    /// - Throws: `CancellationError`; `SystemFailure` when the directory cannot be used.
    func claim(_ key: Key, agent: AgentID, size: @Sendable () async throws -> Int?) async throws -> Claim {
        let own = "\(directory)/\(agent)"
        try await prepare(own)
        var known: Int??
        while true {
            try Task.checkCancellation()
            if known == nil, state.withLock({ $0.index.entries[key] == nil }) { known = .some(try await size()) }
            let (claim, news) = state.withLock { state -> (FetchCacheIndex.Claim, AsyncStream<Void>?) in
                let claim = state.index.claim(key, size: known ?? nil)
                guard claim == .wait else { return (claim, nil) }
                let (stream, continuation) = AsyncStream<Void>.makeStream()
                state.waiters[key, default: []].append(continuation)
                return (claim, stream)
            }
            switch claim {
            case .ready(let name): return .ready("\(own)/\(name)")
            case .fetch(let name, let evicted):
                await remove(evicted, in: own)
                return .fetch("\(own)/\(name)")
            case .bypass:
                // The entry may have been abandoned between the question and the claim.
                guard known != nil else { continue }
                return .bypass
            case .wait:
                if let news { for await _ in news { break } }
            }
        }
    }

    func complete(_ key: Key, size: Int, agent: AgentID) async {
        await settle(key, agent) { $0.complete(key, size: size) }
    }

    func abandon(_ key: Key, agent: AgentID) async {
        await settle(key, agent) { $0.abandon(key) }
    }

    func release(_ key: Key, agent: AgentID) async {
        let removed = state.withLock { $0.index.release(key) }
        await remove(removed, in: "\(directory)/\(agent)")
    }

    private func settle(_ key: Key, _ agent: AgentID, _ change: @Sendable (inout FetchCacheIndex) -> [String]) async {
        let (removed, waiters) = state.withLock { state in (change(&state.index), state.waiters.removeValue(forKey: key) ?? []) }
        for waiter in waiters { waiter.finish() }
        await remove(removed, in: "\(directory)/\(agent)")
    }

    /// Also when the caller is cancelled: what the index forgets must not stay on the disk.
    private func remove(_ names: [String], in directory: String) async {
        guard !names.isEmpty else { return }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            io.submit {
                for name in names { unlink("\(directory)/\(name)") }
                continuation.resume()
            }
        }
    }

    /// The default place is inside the temporary directory, where anybody may have put something: only a directory of our
    /// own that nobody else can write is used.
    private func prepare(_ path: String) async throws {
        if state.withLock({ $0.prepared.contains(path) }) { return }
        try await io.run { [directory] in
            try DirectoryTree.create(directory, mode: 0o755)
            try DirectoryTree.create(path, mode: 0o700)
            for path in [directory, path] {
                guard let information = DirectoryTree.information(path), information.st_mode & S_IFMT == S_IFDIR,
                    information.st_uid == geteuid(), information.st_mode & 0o022 == 0
                else { throw SystemFailure("the fetcher's cache \(path) belongs to somebody else", code: EPERM) }
            }
        }
        state.withLock { _ = $0.prepared.insert(path) }
    }
}
