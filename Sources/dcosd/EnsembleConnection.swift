import Logging
import Platform
import ZooKeeperTunnel

/// How the components of this program reach ZooKeeper.
enum EnsembleConnection {
    /// Call it before the first ZooKeeper client is made. With `DCOS_ZK_TLS_CA` in the environment every one of them speaks
    /// TLS; see docs/zookeeper-security.md.
    /// - Throws: `TunnelError` when the environment names something that cannot be used: better no connection than a plain
    ///   one.
    static func prepare(logger: Logger) async throws {
        try await ZooKeeperTunnel.bootstrap(environment: ProcessEnvironment.current, logger: logger)
    }
}
