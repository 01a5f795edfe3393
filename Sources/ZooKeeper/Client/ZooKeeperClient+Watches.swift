public import FoundationEssentials
import Logging
import Synchronization

extension ZooKeeperClient {
    /// The data of a node: its current value first, then each change; nil while there is no such node.
    ///
    /// Guarantee: after every change the sequence delivers a value at least as new. Changes that come faster than they are
    /// taken collapse into the last. It survives lost connections (changes meanwhile are delivered) and expired sessions
    /// (it reads anew on the next one), and ends when the client is closed or the task is cancelled.
    public func watchData(_ path: String) -> AsyncStream<(data: Data, stat: Stat)?> {
        watch { client, changed in
            let handle = try await client.connectedHandle(timeout: .seconds(3600))
            while true {
                do {
                    return try await handle.get(path, onChange: changed)
                } catch let error as ZooKeeperError where error.code == .noNode {
                    // Watch for its creation; if it came in between, read it.
                    if try await handle.exists(path, onChange: changed) == nil { return nil }
                }
            }
        }
    }

    /// The names of a node's children: the current ones first, then after each change; nil while there is no such node.
    /// Guarantees as for `watchData`.
    public func watchChildren(_ path: String) -> AsyncStream<[String]?> {
        watch { client, changed in
            let handle = try await client.connectedHandle(timeout: .seconds(3600))
            while true {
                do {
                    return try await handle.children(path, onChange: changed).names
                } catch let error as ZooKeeperError where error.code == .noNode {
                    if try await handle.exists(path, onChange: changed) == nil { return nil }
                }
            }
        }
    }

    /// A sequence that reads again whenever the watch it set at the last read has fired.
    private func watch<Value: Sendable>(
        _ read: @escaping @Sendable (ZooKeeperClient, @escaping @Sendable () -> Void) async throws -> Value
    ) -> AsyncStream<Value> {
        let signal = Signal()
        signal.set()
        return AsyncStream(
            unfolding: { [self] in
                while !Task.isCancelled {
                    await signal.wait()
                    if Task.isCancelled { return nil }
                    do {
                        return try await read(self) { signal.set() }
                    } catch let error as ZooKeeperError where error.isConnectionProblem || error.code == .notConnected {
                        if state.withLock({ $0.isClosed }) { return nil }
                        try? await Task.sleep(for: .milliseconds(50))
                        signal.set()
                    } catch {
                        logger.error("a watch ended", metadata: ["error": "\(error)"])
                        return nil
                    }
                }
                return nil
            },
            onCancel: { signal.set() })
    }
}
