import ResourceModel

/// A persistent volume: a directory that outlives tasks (contracts/mesos.md §12.4).
struct PersistentVolume: Sendable, Hashable {
    /// Absolute.
    var directory: String
    /// The directory is the root of a mounted disk: only its contents are the volume.
    var isMount: Bool

    /// Nil: the resource is no persistent volume, or its ids or root cannot be names of directories.
    init?(_ resource: Resource, work: String) {
        guard let id = resource.disk?.persistence?.id, Self.isName(id) else { return nil }
        // One directory for a role below another, too; no role has a space in its name.
        let role = String(resource.role.map { $0 == "/" ? " " : $0 })
        guard Self.isName(role) else { return nil }
        switch resource.disk?.source {
        case nil:
            directory = "\(work)/volumes/roles/\(role)/\(id)"
            isMount = false
        case let source?:
            guard let root = (source.path ?? source.mount)?.root, root.hasPrefix("/"),
                !root.split(separator: "/").contains(where: { $0 == ".." || $0 == "." })
            else { return nil }
            isMount = source.type == .mount
            directory = isMount ? root : "\(root)/volumes/roles/\(role)/\(id)"
        }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text != "." && text != ".." && !text.utf8.contains(UInt8(ascii: "/")) && !text.utf8.contains(0)
    }

    /// What must be made and what must be emptied when one set of checkpointed resources follows another.
    static func changes(from old: [Resource], to new: [Resource], work: String) -> (
        created: [PersistentVolume], destroyed: [PersistentVolume]
    ) {
        let before = Set(old.compactMap { PersistentVolume($0, work: work) })
        let after = Set(new.compactMap { PersistentVolume($0, work: work) })
        return (
            after.subtracting(before).sorted { $0.directory < $1.directory },
            before.subtracting(after).sorted { $0.directory < $1.directory }
        )
    }
}
