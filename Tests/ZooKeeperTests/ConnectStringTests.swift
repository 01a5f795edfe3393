import Testing

@testable import ZooKeeper

@Suite("ZooKeeper URLs")
struct ConnectStringTests {
    @Test("hosts, path and credentials are read, the default port is 2181")
    func good() throws {
        let full = try ConnectString("zk://me:p@ss@10.0.0.1:2182,10.0.0.2/mesos/")
        #expect(full.hosts == ["10.0.0.1:2182", "10.0.0.2:2181"])
        #expect(full.path == "/mesos")
        #expect(full.credentials == .init(user: "me", password: "p@ss"))
        #expect(full.description == "zk://10.0.0.1:2182,10.0.0.2:2181/mesos")
        #expect(try ConnectString("h1:1,h2:2").hosts == ["h1:1", "h2:2"])
        #expect(try ConnectString("h1:1,h2:2").path == "")
    }

    @Test(
        "what is not one is refused with a reason",
        arguments: ["", "zk://", "zk://h:0/x", "zk://h:x/y", "zk://a,,b/c", "zk://me@h/x", "zk://h//x"])
    func bad(text: String) {
        #expect(throws: ConnectString.Malformed.self) { try ConnectString(text) }
    }
}
