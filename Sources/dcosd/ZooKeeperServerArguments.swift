import ArgumentParser
import Exhibitor

/// How this host's ZooKeeper server is started.
struct ZooKeeperServerArguments: ParsableArguments {
    @Option(help: "Maximum heap of ZooKeeper in MiB (default: an eighth of the memory, at most 1024).")
    var zkHeapMb: Int?

    @Option(help: "A line key=value of zoo.cfg; wins over every default; may be repeated.")
    var zooCfgExtra: [String] = []

    @Option(help: "Address of ZooKeeper's client port (default: all addresses; our own when it is in 127.*).")
    var zkClientAddress: String?

    @Option(help: "Port of ZooKeeper's AdminServer.")
    var zkAdminPort = 8182

    @Option(
        help: """
            File with the credentials user:password that pass every ACL of our server, readable by its owner only \
            (default: random ones in <state-dir>/super-credentials).
            """)
    var zkSuperCredentials: String?

    @Flag(
        help: """
            A server without quorum goes on serving reads to clients that ask for it. Every session without ephemerals then \
            lives on one server only and expires when it moves.
            """)
    var zkReadOnly = false

    @Flag(help: "Stop ZooKeeper when asked to end; otherwise it lives on and is adopted at the next start.")
    var zkStopOnExit = false

    func validate() throws {
        if let zkHeapMb, zkHeapMb < 64 { throw ValidationError("--zk-heap-mb must be at least 64, not \(zkHeapMb)") }
    }

    func apply(to options: inout ExhibitorOptions, stateDirectory: String) throws {
        options.extraLines = zooCfgExtra
        options.heapMegabytes = zkHeapMb
        options.clientAddress = zkClientAddress
        options.adminPort = zkAdminPort
        options.allowsReadOnly = zkReadOnly
        options.stopsServerAtEnd = zkStopOnExit
        options.superCredentials = try SuperCredentials.load(stateDirectory: stateDirectory, configuredFile: zkSuperCredentials)
    }
}
