/// The command line of a ZooKeeper server.
///
/// The JVM is started directly: Debian's `zkServer.sh` overwrites the directories and never reads `java.env`
/// (contracts/exhibitor.md §13.1).
public struct JavaCommand: Sendable, Equatable {
    public static let mainClass = "org.apache.zookeeper.server.quorum.QuorumPeerMain"

    public let program: String
    /// Without the program's own name.
    public let arguments: [String]

    public init(
        settings: ZooKeeperSettings, environment: JavaEnvironment, isPresent: (String) -> Bool
    ) throws(ServerStartError) {
        let candidates =
            (environment.javaHome.map { [$0 + "/bin/java"] } ?? [])
            + ["/opt/mesosphere/active/java/usr/java/bin/java", "/usr/bin/java"]
        guard let program = candidates.first(where: isPresent) else {
            throw .missingJava(searched: candidates)
        }
        let classPath = try JavaClassPath.make(
            directory: settings.installDirectory, configDirectory: settings.configDirectory, isPresent: isPresent)
        let heap = environment.heapMegabytes ?? settings.heapMegabytes
        self.program = program
        arguments =
            (settings.secretArguments.isEmpty ? [] : ["@" + settings.argumentFilePath])
            + [
                // A server without memory otherwise lingers half dead, answering some clients and failing others.
                "-XX:+ExitOnOutOfMemoryError", "-Xmx\(heap)m", "-Dzookeeper.log.dir=\(settings.logDirectory)",
                "-Dzookeeper.jmx.log4j.disable=true",
            ]
            + (settings.allowsReadOnly ? ["-Dreadonlymode.enabled=true"] : [])
            + settings.jvmFlags + environment.jvmFlags
            + ["-cp", classPath, Self.mainClass, settings.configurationPath]
    }

    /// Whether a command line (argv of a process) is that of the server of this `zoo.cfg`.
    public static func isServer(_ commandLine: [String], configurationPath: String) -> Bool {
        commandLine.count >= 3 && commandLine.contains(mainClass) && commandLine.last == configurationPath
    }
}
