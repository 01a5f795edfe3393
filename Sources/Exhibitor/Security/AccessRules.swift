/// Who may do what over HTTP (contracts/exhibitor.md §12.7, §18). From where, says `MutationGuard`.
public struct AccessRules: Sendable, Equatable {
    /// Nil: nobody is asked who he is.
    public var users: UserList?
    /// What a browser shows when it asks for the password.
    public var realm = "Exhibitor"
    /// As whom this instance calls the others; one of `users`.
    public var remoteUser: String?

    public init() {}

    enum Decision: Equatable {
        case allowed
        /// 401: who is that?
        case unknown
        /// 403, and why.
        case refused(String)
    }

    /// - user: who showed the right password; nil: nobody.
    func decide(isMutation: Bool, user: UserList.User?) -> Decision {
        guard users != nil else { return .allowed }
        guard let user else { return .unknown }
        return isMutation && user.isViewer ? .refused("\(user.name) may look, but not change anything") : .allowed
    }
}
