import ClusterState
import FoundationEssentials
import Glibc
import ResourceModel
import TaskProcess

/// The agent's dynamic reservations and persistent volumes on disk (contracts/mesos.md §12.4). Every function blocks.
///
/// A change first becomes the target, then the directories follow, then it becomes what counts: one that was interrupted is
/// completed at the next start. Making and removing directories twice does no harm.
struct ResourceStore: Sendable {
    let paths: AgentPaths

    /// What counts; completes an interrupted change.
    func load() throws -> [Resource] {
        let current = try read(paths.resourcesInfo) ?? []
        guard let target = try read(paths.resourcesTarget) else { return current }
        return try apply(target, after: current)
    }

    /// Makes the whole new set durable.
    func store(_ resources: [Resource]) throws {
        let current = try read(paths.resourcesInfo) ?? []
        guard current != resources else { return }
        try DirectoryTree.create(paths.resources, mode: 0o700)
        try write(resources, to: paths.resourcesTarget)
        _ = try apply(resources, after: current)
    }

    private func apply(_ target: [Resource], after current: [Resource]) throws -> [Resource] {
        let (created, destroyed) = PersistentVolume.changes(from: current, to: target, work: paths.work)
        for volume in destroyed {
            DirectoryTree.removeContents(volume.directory)
            if !volume.isMount { rmdir(volume.directory) }
        }
        for volume in created { try DirectoryTree.create(volume.directory, mode: 0o755) }
        try write(target, to: paths.resourcesInfo)
        unlink(paths.resourcesTarget)
        return target
    }

    private func read(_ path: String) throws -> [Resource]? {
        guard DirectoryTree.information(path) != nil else { return nil }
        guard let bytes = FileText.bytes(path) else { throw SystemFailure("cannot read \(path)") }
        return try ClusterJSON.decode([Resource].self, from: Data(bytes))
    }

    private func write(_ resources: [Resource], to path: String) throws {
        let code = DurableFile.write(Array(try ClusterJSON.encode(resources)), to: path)
        if code != 0 { throw SystemFailure("cannot write \(path)", code: code) }
    }

    /// Puts the persistent volumes among `resources` into a sandbox, as links, and gives them to the sandbox's user.
    /// - Throws: `LaunchFailure.container`.
    func link(_ resources: [Resource], into sandbox: String, owner: ShimSpecification.Identity?) throws {
        for resource in resources where resource.disk?.persistence != nil {
            guard let volume = PersistentVolume(resource, work: paths.work), let path = resource.disk?.volume?.container_path else {
                throw LaunchFailure.container("the persistent volume '\(resource.disk?.persistence?.id ?? "")' has no legal place")
            }
            if let owner, chown(volume.directory, owner.uid, owner.gid) != 0 {
                throw SystemFailure("cannot give the volume \(volume.directory) to its user")
            }
            try link(volume.directory, at: path, in: sandbox)
        }
    }

    /// No link on the way is followed: a running executor may have put some into its sandbox.
    private func link(_ target: String, at path: String, in sandbox: String) throws {
        let components = path.split(separator: "/").map(String.init)
        guard !path.hasPrefix("/"), let name = components.last, !components.contains(".."), !components.contains(".") else {
            throw LaunchFailure.container("the container path '\(path)' of a persistent volume must be relative and inside the sandbox")
        }
        var directory = open(sandbox, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw SystemFailure("cannot open \(sandbox)") }
        defer { close(directory) }
        for component in components.dropLast() {
            mkdirat(directory, component, 0o755)
            let next = openat(directory, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { throw SystemFailure("cannot make the directory \(component) of the container path '\(path)'") }
            close(directory)
            directory = next
        }
        if symlinkat(target, directory, name) == 0 { return }
        guard errno == EEXIST, Self.target(of: name, in: directory) == target else {
            throw LaunchFailure.container("'\(path)' exists in the sandbox already: the persistent volume cannot be put there")
        }
    }

    private static func target(of name: String, in directory: Int32) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlinkat(directory, name, &buffer, buffer.count)
        guard length >= 0 else { return nil }
        return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
