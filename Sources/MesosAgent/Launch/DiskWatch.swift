import Glibc
import ResourceModel
import Synchronization

/// Measures sandboxes and ends what grows beyond its share (isolator `disk/du`, contracts/mesos.md §16).
final class DiskWatch: Sendable {
    struct Usage: Sendable, Hashable {
        /// Bytes.
        var used: Int
        /// Nil: the task has no disk of its own to fill.
        var limit: Int?

        /// The message of the contract when more is used than granted.
        var violation: String? {
            guard let limit, used > limit else { return nil }
            return "Disk usage (\(used >> 20)MB) exceeds quota (\(limit >> 20)MB)"
        }
    }

    private let interval: Duration
    private let enforces: Bool
    /// Its own: a tree of a million files must not hold up launches.
    private let io: BlockingIO
    private let usages = Mutex<[ContainerID: Usage]>([:])

    init(interval: Duration, enforces: Bool, io: BlockingIO) {
        self.interval = max(.milliseconds(1), interval)
        self.enforces = enforces
        self.io = io
    }

    /// What was last measured.
    func usage(_ container: ContainerID) -> Usage? { usages.withLock { $0[container] } }

    /// The share of a sandbox in bytes: disks that are volumes or whole mounts are not for it.
    static func limit(_ resources: [Resource]) -> Int? {
        let own = resources.filter { $0.name == "disk" && $0.disk?.persistence == nil && $0.disk?.source == nil }
        return own.isEmpty ? nil : Int(Resources(own).disk * 1_048_576)
    }

    /// Measures until cancelled.
    /// - resources: what the container has got at the moment.
    /// - Returns: the message when the share is exceeded and that is forbidden; nil when cancelled.
    func watch(_ container: ContainerID, directory: String, resources: @Sendable () -> [Resource]) async -> String? {
        defer { usages.withLock { _ = $0.removeValue(forKey: container) } }
        while !Task.isCancelled {
            guard let used = try? await io.run({ DirectoryTree.size(directory, excluding: MountPoints.below(directory)) }) else {
                return nil
            }
            let usage = Usage(used: used, limit: Self.limit(resources()))
            usages.withLock { $0[container] = usage }
            if enforces, let violation = usage.violation { return violation }
            try? await Task.sleep(for: interval)
        }
        return nil
    }
}
