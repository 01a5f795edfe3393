import Glibc

/// How many files and connections this process may have open.
enum FileDescriptorLimit {
    /// Raises the limit to the hard one; the default of 1024 is less than the connections we are ready to serve.
    /// - Returns: the limit from now on.
    @discardableResult
    static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        let current = limit.rlim_cur
        // More than this costs nothing but is never used; some programs walk over all of them.
        limit.rlim_cur = max(current, min(limit.rlim_max, 16_384))
        guard limit.rlim_cur != current, setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return Int(clamping: current)
        }
        return Int(clamping: limit.rlim_cur)
    }
}
