import ArgumentParser
import Exhibitor

/// Who may use the HTTP interface (contracts/exhibitor.md §12.7); see docs/zookeeper-security.md.
struct ExhibitorAccessArguments: ParsableArguments {
    @Option(
        name: .customLong("realm"),
        help: "Ask for name and password: <name of the realm>:<file with lines \"user: password[, role]\">; the role viewer only looks.")
    var realm: String?

    @Option(name: .customLong("remoteauth"), help: "How this instance calls the others: basic:<user>, a user of the realm.")
    var remoteAuthentication: String?

    @Option(name: .customLong("security"), help: "Has no effect beside --realm, which is all that is needed.")
    var security: String?

    @Option(name: .customLong("basicauthrealm"), help: .hidden) var basicRealm: String?
    @Option(name: .customLong("consoleuser"), help: .hidden) var consoleUser: String?
    @Option(name: .customLong("consolepassword"), help: .hidden) var consolePassword: String?
    @Option(name: .customLong("curatoruser"), help: .hidden) var curatorUser: String?
    @Option(name: .customLong("curatorpassword"), help: .hidden) var curatorPassword: String?

    func validate() throws {
        // Whoever names a security file must not find the door open.
        if security != nil, realm == nil { throw ValidationError("--security needs --realm <name>:<users file>") }
        if remoteAuthentication != nil, realm == nil { throw ValidationError("--remoteauth needs --realm") }
    }

    /// - Throws: `UserListError`, or an error about the option.
    func rules() throws -> AccessRules {
        var rules = AccessRules()
        if let realm {
            guard let colon = realm.firstIndex(of: ":"), realm.index(after: colon) != realm.endIndex else {
                throw ValidationError("--realm \"\(realm)\" is not of the form <name>:<file>")
            }
            rules.realm = String(realm[..<colon])
            rules.users = try UserList.load(String(realm[realm.index(after: colon)...]))
        } else if let basicRealm {
            rules.realm = basicRealm
            var users = UserList()
            for (name, password) in [(consoleUser, consolePassword), (curatorUser, curatorPassword)] {
                if let name, let password, !password.isEmpty { users.add(name, password: password) }
            }
            guard !users.users.isEmpty else { throw ValidationError("--basicauthrealm needs --consoleuser and --consolepassword") }
            rules.users = users
            rules.remoteUser = users.users.keys.sorted().first
        }
        if let remoteAuthentication {
            let parts = remoteAuthentication.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2, parts[0] == "basic" else {
                throw ValidationError("--remoteauth \"\(remoteAuthentication)\" is not of the form basic:<user>")
            }
            guard rules.users?.users[parts[1]] != nil else { throw ValidationError("--remoteauth: \(parts[1]) is no user of the realm") }
            rules.remoteUser = parts[1]
        }
        return rules
    }
}
