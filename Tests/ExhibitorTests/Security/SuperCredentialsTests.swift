import EnsembleModel
import EnsembleTesting
import FoundationEssentials
import Glibc
import Logging
import Platform
import Testing
import ZooKeeper

@testable import Exhibitor

@Suite struct SuperCredentialsFileTests {
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let path = "\(FileManager.default.temporaryDirectory.path)/super-credentials-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func generatesAPasswordOnceAndKeepsItToItself() throws {
        try withDirectory { directory in
            let first = try SuperCredentials.load(stateDirectory: directory + "/state")
            #expect(first.origin == .generated && first.user == "super")
            #expect(first.password.utf8.count == 64 && first.password.allSatisfy(\.isHexDigit))
            #expect(FileAccess.permissions(directory + "/state/super-credentials") == 0o600)
            #expect(try SuperCredentials.load(stateDirectory: directory + "/state") == first)
            #expect(try SuperCredentials.load(stateDirectory: directory + "/other") != first)
        }
    }

    @Test func replacesAGeneratedPasswordThatOthersCouldRead() throws {
        try withDirectory { directory in
            let first = try SuperCredentials.load(stateDirectory: directory)
            chmod(directory + "/super-credentials", 0o644)
            let second = try SuperCredentials.load(stateDirectory: directory)
            #expect(second != first)
            #expect(FileAccess.permissions(directory + "/super-credentials") == 0o600)
        }
    }

    @Test func takesTheOperatorsFile() throws {
        try withDirectory { directory in
            let path = directory + "/mine"
            try FileAccess.write("root:pass:word\n", to: path, mode: 0o600)
            let credentials = try SuperCredentials.load(stateDirectory: directory, configuredFile: path)
            #expect(credentials == SuperCredentials(user: "root", password: "pass:word"))
            #expect(!FileAccess.isPresent(directory + "/super-credentials"))
        }
    }

    @Test func refusesAnOperatorsFileThatIsExposedMalformedOrMissing() throws {
        try withDirectory { directory in
            let path = directory + "/mine"
            try FileAccess.write("root:password\n", to: path, mode: 0o640)
            #expect(throws: SuperCredentialsError.exposed(path: path, mode: 0o640)) {
                try SuperCredentials.load(stateDirectory: directory, configuredFile: path)
            }
            for text in ["", "root", "root:", ":password", "root:a\nroot:b\n"] {
                try FileAccess.write(text, to: path, mode: 0o600)
                #expect(throws: SuperCredentialsError.malformed(path: path)) {
                    try SuperCredentials.load(stateDirectory: directory, configuredFile: path)
                }
            }
            #expect(throws: SuperCredentialsError.self) {
                try SuperCredentials.load(stateDirectory: directory, configuredFile: directory + "/none")
            }
        }
    }

    @Test func knowsTheDigestOfZooKeepersDocumentation() {
        #expect(SuperCredentials(user: "super", password: "admin").digest == "super:xQJmxLMiHGwaqBvst5y6rkB6HQs=")
    }

    @Test func neverShowsThePassword() {
        let credentials = SuperCredentials(user: "super", password: "geheim")
        var dumped = ""
        dump(credentials, to: &dumped)
        #expect(!"\(credentials)\(String(reflecting: credentials))\(dumped)".contains("geheim"))
    }

    @Test func quotesTheArgumentsOfTheJVM() {
        #expect(JavaArgumentFile.text(["-Da=b c", #"-Dx="\"#]) == "\"-Da=b c\"\n" + #""-Dx=\"\\""# + "\n")
    }
}

@Suite(.serialized) struct SuperCredentialsEnsembleTests {
    private func withClient<Result: Sendable>(
        _ server: String, _ credentials: SuperCredentials?, _ body: (ZooKeeperClient) async throws -> Result
    ) async throws -> Result {
        let client = ZooKeeperClient(
            servers: [server], sessionTimeout: .seconds(4), credentials: credentials?.credentials, logger: Logger(label: "test"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            try await client.waitUntilConnected(timeout: .seconds(10))
            let result = try await body(client)
            client.close()
            try await group.waitForAll()
            return result
        }
    }

    @Test func aClientWithTheCredentialsOfItsServerMayReconfigureWhereverTheLeaderIs() async throws {
        try await TestEnsemble.withEnsemble(servers: 3) { ensemble in
            #expect(Set(ensemble.superCredentials).count == 3)
            for index in ensemble.servers.indices {
                // Nothing leaves and nothing joins: still a change, made by the leader.
                let before = try await withClient(ensemble.servers[index], nil) { try await $0.get("/zookeeper/config") }
                let after = try await withClient(ensemble.servers[index], ensemble.superCredentials[index]) {
                    try await $0.reconfigure(leaving: "99")
                }
                #expect(after.stat.mzxid > before.stat.mzxid)
                try await ensemble.waitUntilServing()
            }
        }
    }

    @Test func theCredentialsOfAnotherServerAreNone() async throws {
        try await TestEnsemble.withEnsemble(servers: 3) { ensemble in
            await #expect(throws: ZooKeeperError.self) {
                try await withClient(ensemble.servers[0], ensemble.superCredentials[1]) {
                    try await $0.reconfigure(leaving: "99")
                }
            }
        }
    }

    @Test func aClientWithThemReadsWhatIsProtected() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withClient(ensemble.servers[0], SuperCredentials(user: "me", password: "secret")) { client in
                _ = try await client.create("/mine", Data("x".utf8), acl: [ACL(permissions: 31, scheme: "auth", id: "")])
            }
            await #expect(throws: ZooKeeperError(.noAuth, path: "/mine")) {
                try await withClient(ensemble.servers[0], nil) { try await $0.get("/mine") }
            }
            let found = try await withClient(ensemble.servers[0], ensemble.superCredentials[0]) { try await $0.get("/mine") }
            #expect(found.data == Data("x".utf8))
        }
    }

    @Test func theDigestIsNotOnTheCommandLineAndTheServerIsStillFound() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            let settings = ensemble.settings[0]
            let pid = try #require(await ensemble.processID(serverIndex: 0))
            let line = ProcessTable.commandLine(of: pid)
            #expect(line.first?.hasSuffix("java") == true)
            #expect(line.last == settings.configurationPath)
            #expect(!line.contains { $0.contains("superDigest") })
            let found = try await ServerThread.run { ServerLauncher(settings: settings).findRunning() }
            #expect(found?.pid == pid)
            #expect(FileAccess.permissions(settings.configDirectory + "/jvm.arguments") == 0o600)
        }
    }

    @Test func theAdminServerIsOffWithCredentialsOfTheOperator() async throws {
        func file(_ credentials: SuperCredentials) -> String {
            var settings = ZooKeeperSettings(
                dataDirectory: "/d", logDirectory: "/l", configDirectory: "/c", pidPath: "/p", servers: ServerList(), hostname: "h",
                heapMegabytes: 100)
            settings.accept(credentials)
            return ZooKeeperConfigurationFile(settings: settings).text
        }
        #expect(file(SuperCredentials(user: "super", password: "chosen")).contains("admin.enableServer=false\n"))
        #expect(!file(.generate()).contains("admin.enableServer"))
    }
}
