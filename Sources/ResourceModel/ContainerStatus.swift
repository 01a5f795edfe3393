/// What a container has got from its agent.
public struct ContainerStatus: Codable, Sendable, Hashable {
    @Listed public var network_infos: [NetworkInfo]
    public var executor_pid: Int?
    public var container_id: ContainerID?
    public init(network_infos: [NetworkInfo] = []) { self.network_infos = network_infos }
}
