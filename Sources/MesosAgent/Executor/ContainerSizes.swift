import ResourceModel
import Synchronization

/// How large the containers of custom executors are to be: they change with the tasks inside (contracts/mesos.md §15.1, 5).
/// Orders may arrive out of order; the newest counts. Functions with groups block.
final class ContainerSizes: Sendable {
    struct Size: Sendable, Hashable {
        var resources: [Resource]
        /// Grows with every order.
        var number: Int
    }

    private struct Container: Sendable {
        var size: Size
        /// Its groups were made by this process.
        var isCreated = false
    }

    private let containers = Mutex<[ContainerID: Container]>([:])

    static func limits(_ resources: [Resource]) -> Cgroups.Limits {
        let all = Resources(resources)
        return Cgroups.Limits(
            cpus: all.cpus, revocableCPUs: Resources(resources.filter { $0.revocable != nil }).cpus, memory: Int(all.mem * 1_048_576))
    }

    /// Creates the groups. - resources: of the executor alone, unless a size has been ordered already.
    /// - Returns: the files a process enters the groups by.
    func create(_ id: ContainerID, _ resources: [Resource], _ cgroups: Cgroups) throws -> [String] {
        try containers.withLock { containers in
            var container = containers[id] ?? Container(size: Size(resources: resources, number: 0))
            container.isCreated = true
            containers[id] = container
            return try cgroups.create(id, Self.limits(container.size.resources))
        }
    }

    /// Of the newest order; nil: none was given.
    func resources(_ id: ContainerID) -> [Resource]? {
        containers.withLock { $0[id] }.flatMap { (1..<Int.max).contains($0.size.number) ? $0.size.resources : nil }
    }

    /// Takes note of an order where there are no groups to resize.
    func note(_ id: ContainerID, _ size: Size) {
        containers.withLock { containers in
            guard size.number > containers[id]?.size.number ?? 0 else { return }
            containers[id] = Container(size: size)
        }
    }

    func resize(_ id: ContainerID, _ size: Size, _ cgroups: Cgroups) throws {
        try containers.withLock { containers in
            var container = containers[id] ?? Container(size: Size(resources: [], number: 0))
            guard size.number > container.size.number else { return }
            container.size = size
            containers[id] = container
            do {
                try cgroups.update(id, Self.limits(size.resources))
            } catch  where !container.isCreated {
                // Not made yet: they are made in this size.
            }
        }
    }

    /// The container is going: no order counts any more.
    func close(_ id: ContainerID) {
        containers.withLock { containers in
            // Only orders that are on their way now can still ask.
            if containers.count > 10_000 { containers = containers.filter { $0.value.size.number != .max } }
            containers[id] = Container(size: Size(resources: [], number: .max))
        }
    }
}
