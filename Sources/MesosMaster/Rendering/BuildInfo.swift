/// What `/version` and `/state` say of the build (contracts/mesos.md §4.5).
struct BuildInfo: Sendable {
    /// Purely `int.int.int`: clients convert the parts to numbers (§1.2).
    static let version = "1.0.3"

    /// `2016-10-06 10:00:00`.
    var date = "2016-10-06 10:00:00"
    /// Seconds since the epoch.
    var time = 1_475_748_000
    var user = "dcos"

    func write(to json: inout JSONText) {
        json.member("version", Self.version)
        json.member("build_date", date)
        json.member("build_time", time)
        json.member("build_user", user)
    }
}
