import EnsembleModel
import Testing

@testable import EnsembleBackup

@Suite struct EnsembleLayoutTests {
    @Test func withoutConfigurationItIsThatOfAMaster() {
        let layout = EnsembleLayout(stateDirectory: "/var/lib/dcos/exhibitor/")
        #expect(layout.snapshots == "/var/lib/dcos/exhibitor/zookeeper/snapshot/version-2")
        #expect(layout.logs == "/var/lib/dcos/exhibitor/zookeeper/transactions/version-2")
        #expect(layout.pidPath == "/var/lib/dcos/exhibitor/zk.pid")
    }

    @Test func theConfigurationOfTheServerWins() {
        var layout = EnsembleLayout(stateDirectory: "/s")
        layout.apply(
            JavaProperties(parsing: "dataDir=/a\ndataLogDir=/b\nclientPort=2182\nclientPortAddress=10.0.0.1\n"), identity: nil, dynamic: nil
        )
        #expect(layout.snapshots == "/a/version-2")
        #expect(layout.logs == "/b/version-2")
        #expect(layout.clientAddress == "10.0.0.1:2182")
        #expect(throws: BackupError.dataElsewhere(directory: "/a", expected: "/s/zookeeper")) {
            try layout.requireDataBelowStateDirectory()
        }
    }

    @Test func thePortMayBeInTheFileOfMembers() {
        var layout = EnsembleLayout(stateDirectory: "/s")
        let members =
            "server.1=10.0.0.1:2888:3888:participant;0.0.0.0:2181\nserver.2=10.0.0.2:2888:3888:participant;10.0.0.2:2182\nversion=100000000\n"
        let configuration = JavaProperties(parsing: "dataDir=/s/zookeeper/snapshot\ndynamicConfigFile=/s/conf/zoo.cfg.dynamic.100000000\n")
        layout.apply(configuration, identity: "1\n", dynamic: members)
        #expect(layout.clientAddress == "127.0.0.1:2181")
        layout.apply(configuration, identity: "2\n", dynamic: members)
        #expect(layout.clientAddress == "10.0.0.2:2182")
        #expect(layout.logs == "/s/zookeeper/snapshot/version-2")
    }
}
