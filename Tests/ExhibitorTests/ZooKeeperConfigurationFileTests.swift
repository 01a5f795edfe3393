import EnsembleModel
import SharedConfiguration
import Testing

@testable import Exhibitor

extension ExhibitorOptions {
    /// Of a member of a fixed ensemble.
    static func fixed(hostname: String, ensemble: String) -> ExhibitorOptions {
        var store = ConfigurationStoreOptions(configtype: "static")
        store.staticensemble = ensemble
        return ExhibitorOptions(hostname: hostname, store: store)
    }
}

struct ZooKeeperConfigurationFileTests {
    @Test func memberOfThreeOnAMaster() throws {
        let (configuration, unknown) = try ExhibitorOptions.fixed(hostname: "10.0.0.2", ensemble: "1:10.0.0.1,2:10.0.0.2,3:10.0.0.3")
            .resolve()
        #expect(unknown.isEmpty)
        let file = ZooKeeperConfigurationFile(settings: configuration.settings)
        #expect(
            file.text == """
                tickTime=2000
                initLimit=10
                syncLimit=5
                maxClientCnxns=0
                quorumListenOnAllIPs=true
                4lw.commands.whitelist=*
                admin.serverAddress=127.0.0.1
                admin.serverPort=8182
                autopurge.snapRetainCount=5
                autopurge.purgeInterval=1
                reconfigEnabled=true
                extendedTypesEnabled=true
                standaloneEnabled=false
                dataDir=/var/lib/dcos/exhibitor/zookeeper/snapshot
                dataLogDir=/var/lib/dcos/exhibitor/zookeeper/transactions
                clientPort=2181
                server.1=10.0.0.1:2888:3888
                server.2=10.0.0.2:2888:3888
                server.3=10.0.0.3:2888:3888

                """)
        #expect(file.serverID == "2\n")
    }

    @Test func memberOfALocalCluster() throws {
        var options = ExhibitorOptions.fixed(hostname: "127.0.1.1", ensemble: "1:127.0.1.1")
        options.stateDirectory = "/s"
        let file = ZooKeeperConfigurationFile(settings: try options.resolve().configuration.settings)
        #expect(
            file.text == """
                tickTime=2000
                initLimit=10
                syncLimit=5
                maxClientCnxns=0
                4lw.commands.whitelist=*
                admin.serverAddress=127.0.1.1
                admin.serverPort=8182
                autopurge.snapRetainCount=5
                autopurge.purgeInterval=1
                reconfigEnabled=true
                extendedTypesEnabled=true
                quorumListenOnAllIPs=false
                dataDir=/s/zookeeper/snapshot
                dataLogDir=/s/zookeeper/transactions
                clientPort=2181
                clientPortAddress=127.0.1.1
                server.1=127.0.1.1:2888:3888

                """)
    }

    @Test func theUsersLinesWinOverEveryDefault() throws {
        var options = ExhibitorOptions.fixed(hostname: "10.0.0.1", ensemble: "1:10.0.0.1")
        options.extraLines = ["tickTime=500", "4lw.commands.whitelist=srvr", "clientPort=2281", "dataLogDir=/fast"]
        let lines = ZooKeeperConfigurationFile(settings: try options.resolve().configuration.settings).text.split(separator: "\n")
        for (key, value) in [("tickTime", "500"), ("4lw.commands.whitelist", "srvr"), ("clientPort", "2281"), ("dataLogDir", "/fast")] {
            #expect(lines.filter { $0.hasPrefix(key + "=") } == ["\(key)=\(value)"])
        }
    }

    @Test func anObserverSaysSo() {
        let file = ZooKeeperConfigurationFile(settings: .example(servers: "1:10.0.0.1,O:2:10.0.0.2"))
        #expect(file.text.contains("server.2=10.0.0.2:2888:3888:observer\npeerType=observer\n"))
    }

    @Test func aJoinerCallsItselfAnObserverOnceAndStaysNone() {
        let settings = ZooKeeperSettings.example(servers: "1:10.0.0.1,2:10.0.0.2")
        var members = settings.members
        members[1].role = .observer
        let file = ZooKeeperConfigurationFile(settings: settings, members: .listed(members))
        #expect(file.text.contains("server.2=10.0.0.2:2888:3888:observer"))
        #expect(!file.text.contains("peerType"))
    }

    @Test func aSingleMemberThatOthersWillJoinIsAnEnsemble() {
        let settings = ZooKeeperSettings.example(servers: "1:10.0.0.1,2:10.0.0.2,3:10.0.0.3", hostname: "10.0.0.1")
        let file = ZooKeeperConfigurationFile(settings: settings, members: .listed([settings.members[0]]))
        #expect(file.text.contains("standaloneEnabled=false"))
        #expect(!file.text.contains("server.2"))
    }

    @Test func aMembershipThatTheServersAgreedOnIsKept() {
        let file = ZooKeeperConfigurationFile(settings: .example(), members: .dynamic(path: "/c/zoo.cfg.dynamic.100000007"))
        #expect(file.text.contains("standaloneEnabled=false"))
        #expect(file.text.hasSuffix("dynamicConfigFile=/c/zoo.cfg.dynamic.100000007\n"))
    }

    @Test func aStandaloneServerHasNoIdentity() {
        let file = ZooKeeperConfigurationFile(settings: .example(servers: ""))
        #expect(file.serverID == nil)
        #expect(!file.text.split(separator: "\n").contains { $0.hasPrefix("server.") })
    }
}
