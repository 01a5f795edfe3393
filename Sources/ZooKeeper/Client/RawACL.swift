internal import CZooKeeper
internal import Glibc

/// An access control list in the C library's form. It is copied into the request when a call is made.
///
/// Unchecked because it holds raw pointers, which nobody writes after `init`.
final class RawACL: @unchecked Sendable {
    let vector: UnsafeMutablePointer<ACL_vector>
    private let entries: UnsafeMutablePointer<CZooKeeper.ACL>
    private var strings: [UnsafeMutablePointer<CChar>] = []

    init(_ list: [ACL]) {
        vector = .allocate(capacity: 1)
        entries = .allocate(capacity: max(list.count, 1))
        for (index, entry) in list.enumerated() {
            guard let scheme = strdup(entry.scheme), let id = strdup(entry.id) else {
                preconditionFailure("out of memory copying an ACL")
            }
            strings += [scheme, id]
            (entries + index).initialize(to: CZooKeeper.ACL(perms: entry.permissions, id: Id(scheme: scheme, id: id)))
        }
        vector.initialize(to: ACL_vector(count: Int32(list.count), data: entries))
    }

    deinit {
        for string in strings { free(string) }
        entries.deallocate()
        vector.deallocate()
    }
}
