/// Where a task's address may come from (contracts/dns-networking.md §3.5).
public enum IPSource: String, Sendable, CaseIterable {
    /// The agent's address.
    case host
    /// The container's addresses in the task's status.
    case netinfo
    /// A status label of the Docker containerizer.
    case docker
    /// A status label of the Mesos containerizer.
    case mesos

    /// The status label of the deprecated sources.
    var label: String? {
        switch self {
        case .docker: "Docker.NetworkSettings.IPAddress"
        case .mesos: "MesosContainerizer.NetworkSettings.IPAddress"
        case .host, .netinfo: nil
        }
    }
}
