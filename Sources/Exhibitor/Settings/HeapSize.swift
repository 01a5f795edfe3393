import Glibc

/// The heap a ZooKeeper server gets when nobody says: an eighth of the memory, at most 1 GiB
/// (contracts/exhibitor.md §13.1).
public enum HeapSize {
    /// MiB.
    public static var standard: Int {
        choose(memory: sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)))
    }

    /// - memory: bytes of the machine.
    /// - Returns: MiB; never so little that an empty server does not start.
    static func choose(memory: Int) -> Int {
        max(64, min(1024, memory / 8 / 1_048_576))
    }
}
