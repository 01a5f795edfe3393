public import ResourceModel

/// The names of the enums that our types keep as text (contracts/mesos.md, appendix A): a call in JSON with another name is
/// refused (§3.3).
enum EnumNames {
    static let capability: Set<String> = [
        "UNKNOWN", "REVOCABLE_RESOURCES", "TASK_KILLING_STATE", "GPU_RESOURCES", "SHARED_RESOURCES", "PARTITION_AWARE", "MULTI_ROLE",
        "RESERVATION_REFINEMENT", "REGION_AWARE",
    ]
    static let healthCheck: Set<String> = ["UNKNOWN", "COMMAND", "HTTP", "TCP"]
    static let executor: Set<String> = ["UNKNOWN", "DEFAULT", "CUSTOM"]
    static let image: Set<String> = ["APPC", "DOCKER"]
    static let volumeMode: Set<String> = ["RW", "RO"]
    static let volumeSource: Set<String> = ["UNKNOWN", "DOCKER_VOLUME"]
    static let ipProtocol: Set<String> = ["IPv4", "IPv6"]
    static let container: Set<String> = ["DOCKER", "MESOS"]
    static let dockerNetwork: Set<String> = ["HOST", "BRIDGE", "NONE", "USER"]
    static let visibility: Set<String> = ["FRAMEWORK", "CLUSTER", "EXTERNAL"]
    static let pseudoattribute: Set<String> = ["UNKNOWN", "HOSTNAME", "REGION", "ZONE"]
    static let source: Set<String> = ["SOURCE_MASTER", "SOURCE_AGENT", "SOURCE_EXECUTOR"]
}

/// Names that are none of their enum's, in the order of the message.
struct UnknownEnums {
    private(set) var names: [String] = []

    private mutating func check(_ name: String?, _ known: Set<String>) {
        if let name, !known.contains(name) { names.append(name) }
    }

    mutating func visit(_ framework: FrameworkInfo) {
        for capability in framework.capabilities { check(capability.type, EnumNames.capability) }
    }

    mutating func visit(_ operation: Operation) {
        for task in operation.launch?.task_infos ?? [] { visit(task) }
        let lists = [
            operation.reserve?.resources, operation.unreserve?.resources, operation.create?.volumes, operation.destroy?.volumes,
            operation.launch_group?.executor.resources, operation.grow_volume.map { [$0.volume, $0.addition] },
            operation.shrink_volume.map { [$0.volume] },
        ]
        for list in lists { visit(list ?? []) }
        for task in operation.launch_group?.task_group.tasks ?? [] { visit(task) }
        if let executor = operation.launch_group?.executor { visit(executor) }
    }

    private mutating func visit(_ executor: ExecutorInfo) {
        visit(executor.resources)
        visit(executor.container)
        check(executor.discovery?.visibility, EnumNames.visibility)
        check(executor.type, EnumNames.executor)
    }

    mutating func visit(_ constraints: OfferConstraints?) {
        for role in constraints?.role_constraints.sorted(by: { $0.key < $1.key }) ?? [] {
            for constraint in role.value.groups.flatMap(\.attribute_constraints) {
                check(constraint.selector.pseudoattribute_type, EnumNames.pseudoattribute)
            }
        }
    }

    mutating func visit(_ task: TaskInfo) {
        visit(task.resources)
        if let executor = task.executor { visit(executor) }
        check(task.health_check?.type, EnumNames.healthCheck)
        visit(task.container)
        visit(task.discovery)
    }

    mutating func visit(_ status: TaskStatus) {
        check(status.source, EnumNames.source)
        for network in status.container_status?.network_infos ?? [] { visit(network) }
    }

    mutating func visit(_ resources: [Resource]) {
        for resource in resources {
            if let volume = resource.disk?.volume { visit(volume) }
        }
    }

    private mutating func visit(_ volume: Volume) {
        check(volume.mode, EnumNames.volumeMode)
        check(volume.source?.type, EnumNames.volumeSource)
    }

    private mutating func visit(_ container: ContainerInfo?) {
        guard let container else { return }
        check(container.type, EnumNames.container)
        for volume in container.volumes { visit(volume) }
        check(container.docker?.network, EnumNames.dockerNetwork)
        check(container.mesos?.image?.type, EnumNames.image)
        for network in container.network_infos { visit(network) }
    }

    private mutating func visit(_ network: NetworkInfo) {
        for address in network.ip_addresses { check(address.protocol, EnumNames.ipProtocol) }
    }

    private mutating func visit(_ discovery: DiscoveryInfo?) {
        guard let discovery else { return }
        check(discovery.visibility, EnumNames.visibility)
        for port in discovery.ports?.ports ?? [] { check(port.visibility, EnumNames.visibility) }
    }
}

extension SchedulerCall {
    /// The first name in an enum's place that is not one of it, or nil.
    public var unknownEnum: String? {
        var unknown = UnknownEnums()
        for subscribe in [subscribe, update_framework] {
            guard let subscribe else { continue }
            unknown.visit(subscribe.framework_info)
            unknown.visit(subscribe.offer_constraints)
        }
        for operation in accept?.operations ?? [] { unknown.visit(operation) }
        return unknown.names.first
    }
}

extension OperatorCall {
    /// The first name in an enum's place that is not one of it, or nil.
    public var unknownEnum: String? {
        var unknown = UnknownEnums()
        let lists = [
            reserve_resources?.resources, unreserve_resources?.resources, create_volumes?.volumes, destroy_volumes?.volumes,
            grow_volume.map { [$0.volume, $0.addition] }, shrink_volume.map { [$0.volume] }, set_quota?.quota_request.guarantee,
        ]
        for list in lists { unknown.visit(list ?? []) }
        return unknown.names.first
    }
}

extension ExecutorCall {
    /// The first name in an enum's place that is not one of it, or nil.
    public var unknownEnum: String? {
        var unknown = UnknownEnums()
        for task in subscribe?.unacknowledged_tasks ?? [] { unknown.visit(task) }
        for update in subscribe?.unacknowledged_updates ?? [] { unknown.visit(update.status) }
        if let status = update?.status { unknown.visit(status) }
        return unknown.names.first
    }
}
