import ArgumentParser
import Exhibitor
import Platform
import ZooKeeper

/// The options of Exhibitor's page and HTTP interface (contracts/exhibitor.md §12.7).
struct ExhibitorPageArguments: ParsableArguments {
    @Option(name: .customLong("loglines"), help: "Entries of the activity log kept in memory.")
    var logLines = 1000

    @Option(name: .customLong("headingtext"), help: "A line shown above the page.")
    var headingText: String?

    @Option(name: .customLong("nodemodification"), help: "Whether the Explorer may write and delete znodes.")
    var nodeModification: String = "true"

    @Option(help: "Directory with the files of the web page.")
    var assets: String?

    @Option(name: .customLong("aclscheme"), help: "Scheme of the ACL of znodes that the Explorer creates.")
    var aclScheme: String?

    @Option(name: .customLong("aclid"), help: "Id of the ACL of znodes that the Explorer creates.")
    var aclID: String?

    @Option(name: .customLong("aclperms"), help: "Permissions of that ACL: read,write,create,delete,admin (default: all).")
    var aclPermissions: String?

    @Flag(help: "Accept changes over HTTP from every host; otherwise from this one and the members of the ensemble only.")
    var allowRemoteMutations = false

    @Flag(help: "Let ui/shutdown end the manager; the ZooKeeper server lives on.")
    var allowShutdown = false

    @Option(name: .customLong("jquerystyle"), help: .hidden) var jqueryStyle: String?
    @Option(name: .customLong("servo"), help: .hidden) var servo: String?
    @Option(name: .customLong("timeout"), help: .hidden) var timeout: String?

    /// Accepted for the sake of old start scripts.
    var ignoredOptions: [String] {
        [("--jquerystyle", jqueryStyle), ("--servo", servo), ("--timeout", timeout)].filter { $0.1 != nil }.map(\.0)
    }

    func apply(to options: inout ExhibitorOptions) throws {
        options.logLines = logLines
        options.headingText = headingText
        options.assetDirectories = UIAssets.standardDirectories(program: ProgramPath.current, chosen: assets)
        options.explorer.allowsModification = nodeModification.lowercased() == "true"
        options.allowsRemoteMutations = allowRemoteMutations
        options.allowsShutdown = allowShutdown
        if let acl = try creationACL() { options.explorer.creationACL = [acl] }
    }

    private static let permissions: [String: Int32] = ["read": 1, "write": 2, "create": 4, "delete": 8, "admin": 16]

    private func creationACL() throws -> ACL? {
        guard aclScheme != nil || aclID != nil || aclPermissions != nil else { return nil }
        guard let aclScheme, let aclID else { throw ValidationError("--aclscheme and --aclid go together") }
        var chosen: Int32 = aclPermissions == nil ? 31 : 0
        for word in (aclPermissions ?? "").split(separator: ",") {
            guard let permission = Self.permissions[word.lowercased().filter { !$0.isWhitespace }] else {
                throw ValidationError("--aclperms: \"\(word)\" is none of read, write, create, delete, admin")
            }
            chosen |= permission
        }
        return ACL(permissions: chosen, scheme: aclScheme, id: aclID)
    }
}
