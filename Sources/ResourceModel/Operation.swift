/// One operation of an ACCEPT.
public struct Operation: Codable, Sendable, Hashable {
    public struct Launch: Codable, Sendable, Hashable {
        @Listed public var task_infos: [TaskInfo]
        public init(task_infos: [TaskInfo]) { self.task_infos = task_infos }
    }
    public struct ResourceList: Codable, Sendable, Hashable {
        @Listed public var resources: [Resource]
        public init(resources: [Resource]) { self.resources = resources }
    }
    public struct VolumeList: Codable, Sendable, Hashable {
        @Listed public var volumes: [Resource]
        public init(volumes: [Resource]) { self.volumes = volumes }
    }
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case launch = "LAUNCH"
        case reserve = "RESERVE"
        case unreserve = "UNRESERVE"
        case create = "CREATE"
        case destroy = "DESTROY"
        case launchGroup = "LAUNCH_GROUP"
        case growVolume = "GROW_VOLUME"
        case shrinkVolume = "SHRINK_VOLUME"
    }
    public struct TaskGroup: Codable, Sendable, Hashable {
        @Listed public var tasks: [TaskInfo]
        public init(tasks: [TaskInfo]) { self.tasks = tasks }
    }
    public struct LaunchGroup: Codable, Sendable, Hashable {
        public var executor: ExecutorInfo
        public var task_group: TaskGroup
        public init(executor: ExecutorInfo, task_group: TaskGroup) {
            self.executor = executor
            self.task_group = task_group
        }
    }
    public struct GrowVolume: Codable, Sendable, Hashable {
        public var volume: Resource
        /// Free disk of the same kind.
        public var addition: Resource
        public init(volume: Resource, addition: Resource) {
            self.volume = volume
            self.addition = addition
        }
    }
    public struct ShrinkVolume: Codable, Sendable, Hashable {
        public var volume: Resource
        /// MB.
        public var subtract: ScalarValue
        public init(volume: Resource, subtract: ScalarValue) {
            self.volume = volume
            self.subtract = subtract
        }
    }
    public var type: Kind
    public var launch: Launch?
    public var reserve: ResourceList?
    public var unreserve: ResourceList?
    public var create: VolumeList?
    public var destroy: VolumeList?
    public var launch_group: LaunchGroup?
    public var grow_volume: GrowVolume?
    public var shrink_volume: ShrinkVolume?

    public static func launch(_ tasks: [TaskInfo]) -> Operation {
        var operation = Operation(type: .launch)
        operation.launch = Launch(task_infos: tasks)
        return operation
    }

    public static func reserve(_ resources: [Resource]) -> Operation {
        var operation = Operation(type: .reserve)
        operation.reserve = ResourceList(resources: resources)
        return operation
    }

    public static func unreserve(_ resources: [Resource]) -> Operation {
        var operation = Operation(type: .unreserve)
        operation.unreserve = ResourceList(resources: resources)
        return operation
    }

    public static func create(_ volumes: [Resource]) -> Operation {
        var operation = Operation(type: .create)
        operation.create = VolumeList(volumes: volumes)
        return operation
    }

    public static func destroy(_ volumes: [Resource]) -> Operation {
        var operation = Operation(type: .destroy)
        operation.destroy = VolumeList(volumes: volumes)
        return operation
    }

    public static func growVolume(_ volume: Resource, addition: Resource) -> Operation {
        var operation = Operation(type: .growVolume)
        operation.grow_volume = GrowVolume(volume: volume, addition: addition)
        return operation
    }

    /// - subtract: MB.
    public static func shrinkVolume(_ volume: Resource, subtract: Double) -> Operation {
        var operation = Operation(type: .shrinkVolume)
        operation.shrink_volume = ShrinkVolume(volume: volume, subtract: ScalarValue(value: subtract))
        return operation
    }

    public init(type: Kind) { self.type = type }
}
