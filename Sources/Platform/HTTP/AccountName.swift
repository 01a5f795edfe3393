import Glibc

/// The names of accounts on this machine, the number where there is none. Blocks: the name service may ask the network.
enum AccountName {
    static func ofUser(_ id: UInt32) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16384)
        guard getpwuid_r(id, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return String(id) }
        return String(cString: entry.pw_name)
    }

    static func ofGroup(_ id: UInt32) -> String {
        var entry = group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 16384)
        guard getgrgid_r(id, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return String(id) }
        return String(cString: entry.gr_name)
    }
}
