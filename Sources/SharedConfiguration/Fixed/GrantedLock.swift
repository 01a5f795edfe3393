/// The lock of stores that nobody else writes: always granted.
struct GrantedLock: ConfigurationLock {
    func release() async {}
}
