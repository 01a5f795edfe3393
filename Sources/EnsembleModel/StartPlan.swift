/// With which members a server is started.
public enum StartPlan: Sendable, Hashable {
    /// Alone, member of nothing.
    case standalone
    /// These members are written; our id is that of the member with our name.
    case members([Member])
    /// The same, after our data has been put aside: it is that of a server that ran alone, and the members have other data.
    case membersWithoutOurData([Member])
    /// These members are written with this version (in a dynamic file of that name), which makes them win over those that
    /// other servers still know.
    case imposed(Membership)
    /// The membership on disk, which the servers agreed on, stays as it is, and so does our id.
    case keep
    /// Not now; the reason is for the operator.
    case wait(String)
}
