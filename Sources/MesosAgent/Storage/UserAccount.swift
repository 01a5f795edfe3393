import Glibc
import TaskProcess

/// The accounts of this machine. Blocks (the name service may ask the network).
enum UserAccount {
    /// Nil when there is no such user.
    static func identity(of name: String) -> ShimSpecification.Identity? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16384)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        var count: Int32 = 256
        var groups = [gid_t](repeating: 0, count: Int(count))
        if getgrouplist(name, entry.pw_gid, &groups, &count) < 0 { count = 256 }
        return ShimSpecification.Identity(
            uid: entry.pw_uid, gid: entry.pw_gid, groups: Array(groups.prefix(Int(max(0, min(count, 256))))))
    }

    static func name(ofUser id: UInt32) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16384)
        guard getpwuid_r(id, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return String(id) }
        return String(cString: entry.pw_name)
    }

    static func name(ofGroup id: UInt32) -> String {
        var entry = group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 16384)
        guard getgrgid_r(id, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return String(id) }
        return String(cString: entry.gr_name)
    }
}
