import EnsembleModel
import SharedConfiguration
import Testing

@testable import Exhibitor

struct SettingsTests {
    @Test func aServerListIgnoresSpaceAndSkipsWhatDoesNotParse() {
        let list = ServerList(parsing: " 1:a ,\n S:2: b,o:3:c, x:9:d, 7, :e, q:f,,4:")
        #expect("\(list)" == "1:a,2:b,O:3:c,9:d")
    }

    @Test func theOrderOfAServerListDoesNotMatter() {
        #expect(ServerList(parsing: "1:a,2:b") == ServerList(parsing: "2:b,1:a"))
        #expect(ServerList(parsing: "1:a,2:b") != ServerList(parsing: "1:a,O:2:b"))
    }

    @Test func aHostOutsideItsEnsembleIsRefused() {
        let options = ExhibitorOptions.fixed(hostname: "10.0.0.9", ensemble: "1:10.0.0.1")
        #expect(throws: ConfigurationError.notAMember(hostname: "10.0.0.9", ensemble: ServerList(parsing: "1:10.0.0.1"))) {
            try options.resolve()
        }
    }

    @Test func twoServersWithOneIdAreRefused() {
        #expect(throws: ConfigurationStoreOptionsError.self) {
            try ExhibitorOptions.fixed(hostname: "a", ensemble: "1:a,1:b").resolve()
        }
    }

    @Test func aDefaultsFileIsOverlaid() throws {
        var options = ExhibitorOptions.fixed(hostname: "10.0.0.1", ensemble: "1:10.0.0.1")
        options.defaults = JavaProperties(
            parsing: """
                # written by the start wrapper
                zookeeper-data-directory=/d
                zookeeper-log-directory: /l
                zoo-cfg-extra=tickTime\\=1000&initLimit\\=4&syncLimit\\=6&odd&a%3Db\\=c
                check-ms = 2000
                client-port 2182
                nonsense=1
                """)
        let (configuration, unknown) = try options.resolve()
        #expect(configuration.settings.dataDirectory == "/d")
        #expect(configuration.settings.logDirectory == "/l")
        #expect(configuration.settings.clientPort == 2182)
        #expect(configuration.defaults.checkMs == 2000)
        let timing = MonitorTiming(checkInterval: .milliseconds(2000), lines: configuration.settings.extraLines)
        #expect(timing.unhealthyLimit == .milliseconds(2 * 1000 * 6))
        #expect(configuration.settings.extraLines.contains(ConfigurationLine("a=b", "c")))
        #expect(unknown == ["nonsense"])
    }

    @Test func withoutLimitsTheServerMayBeSickForTenChecks() {
        #expect(MonitorTiming(checkInterval: .seconds(30), lines: []).unhealthyLimit == .seconds(300))
    }

    @Test func propertiesSurviveAWriteAndARead() {
        let properties = JavaProperties([
            "a": "1:10.0.0.1,2:b=c", "b c": " leading, trailing ", "d": "tab\tnew\nline \\ é 😀", "e": "", "#f": "!g",
        ])
        #expect(JavaProperties(parsing: properties.text) == properties)
    }

    @Test func propertiesUnderstandContinuationsAndComments() {
        let properties = JavaProperties(parsing: "! c\n  # c\nk = a\\\n   b\\\\\nu:\\u0041\\u00e9\nempty\n\n")
        #expect(properties.values == ["k": "ab\\", "u": "Aé", "empty": ""])
    }

    @Test func theHeapIsAnEighthOfTheMemoryAtMostOneGibibyte() {
        #expect(HeapSize.choose(memory: 4 << 30) == 512)
        #expect(HeapSize.choose(memory: 64 << 30) == 1024)
        #expect(HeapSize.choose(memory: 256 << 20) == 64)
    }

    @Test func javaEnvironmentIsReadAsAShellWould() {
        let environment = JavaEnvironment(
            parsing: """
                # a comment
                export JVMFLAGS="-Da=1 -Db='x y'"
                SERVER_JVMFLAGS=-Xms64m   # trailing
                export ZK_SERVER_HEAP=300
                JAVA_HOME=/opt/java
                OTHER=1
                """)
        #expect(environment.jvmFlags == ["-Xms64m", "-Da=1", "-Db=x y"])
        #expect(environment.heapMegabytes == 300)
        #expect(environment.javaHome == "/opt/java")
    }

    @Test func aMissingJarNamesItsPackage() {
        #expect(
            throws: ServerStartError.missingJar(
                path: "/usr/share/java/servlet-api.jar", package: "libservlet-api-java", purpose: "the AdminServer")
        ) {
            try JavaCommand(settings: .example(), environment: JavaEnvironment()) { !$0.hasSuffix("servlet-api.jar") }
        }
    }

    @Test func theConfigurationIsTheLastWordOfTheCommand() throws {
        let command = try JavaCommand(settings: .example(), environment: JavaEnvironment(parsing: "ZK_SERVER_HEAP=300")) { _ in true }
        #expect(command.arguments.last == "/var/lib/dcos/exhibitor/conf/zoo.cfg")
        #expect(command.arguments.contains("-XX:+ExitOnOutOfMemoryError"))
        #expect(command.arguments.contains("-Xmx300m"))
        #expect(JavaCommand.isServer([command.program] + command.arguments, configurationPath: "/var/lib/dcos/exhibitor/conf/zoo.cfg"))
        #expect(!JavaCommand.isServer([command.program] + command.arguments, configurationPath: "/other/zoo.cfg"))
    }

    @Test(arguments: [
        ("Zookeeper version: 3.8.0-${mvngit.commit.id}\nMode: leader\nNode count: 5\n", ProbeResult.serving(.leader)),
        ("Mode: standalone\n", .serving(.standalone)),
        ("READ-ONLY mode; serving only read-only clients\nMode: read-only\n", .notServing),
        ("This ZooKeeper instance is not currently serving requests\n", .notServing),
        ("srvr is not executed because it is not in the whitelist.\n", .notServing),
        ("", .noAnswer),
    ]) func anAnswerToSrvrIsUnderstood(answer: String, expected: ProbeResult) {
        #expect(ProbeResult(answer: answer) == expected)
    }
}
