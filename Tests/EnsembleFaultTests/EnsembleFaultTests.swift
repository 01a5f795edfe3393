import Testing

/// Fault stories on real hosts: network namespaces, each with `dcosd exhibitor` and its ZooKeeper server.
///
/// They need root and Linux network namespaces. `LONG_FAULT_TESTS=1` adds the rare combinations.
@Suite(
    "An ensemble of hosts", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestNetwork.isPermitted, "network namespaces need root and the privilege to make them (CAP_NET_ADMIN, CAP_SYS_ADMIN)"))
enum EnsembleFaultTests {}
