/// The class path of a ZooKeeper server made of Debian's jars.
public enum JavaClassPath {
    /// A jar the server needs beyond what the manifest of `zookeeper.jar` pulls in, and why (contracts/exhibitor.md §13.1).
    struct Jar {
        let name: String
        let package: String
        let purpose: String
    }

    static let jars = [
        Jar(name: "zookeeper.jar", package: "libzookeeper-java", purpose: "the server"),
        Jar(name: "servlet-api.jar", package: "libservlet-api-java", purpose: "the AdminServer"),
        Jar(name: "netty-codec.jar", package: "libnetty-java", purpose: "TLS"),
        Jar(name: "netty-resolver.jar", package: "libnetty-java", purpose: "TLS"),
        Jar(name: "slf4j-api.jar", package: "libslf4j-java", purpose: "logging"),
        Jar(name: "slf4j-log4j12.jar", package: "libslf4j-java", purpose: "logging by log4j.properties"),
        Jar(name: "log4j-1.2.jar", package: "liblog4j1.2-java", purpose: "logging by log4j.properties"),
    ]

    /// - Parameters:
    ///   - configDirectory: comes first, so that its `log4j.properties` counts.
    ///   - isPresent: whether a file exists.
    /// - Throws: `ServerStartError.missingJar` for the first jar that is not in `directory`.
    public static func make(
        directory: String, configDirectory: String, isPresent: (String) -> Bool
    ) throws(ServerStartError) -> String {
        var entries = [configDirectory]
        for jar in jars {
            let path = directory + "/" + jar.name
            guard isPresent(path) else {
                throw .missingJar(path: path, package: jar.package, purpose: jar.purpose)
            }
            entries.append(path)
        }
        return entries.joined(separator: ":")
    }
}
