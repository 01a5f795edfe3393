import SharedConfiguration
import Testing

@Suite struct ConfigurationStoreOptionsTests {
    private func options(_ type: String?, _ change: (inout ConfigurationStoreOptions) -> Void = { _ in }) -> ConfigurationStoreOptions {
        var options = ConfigurationStoreOptions(configtype: type)
        change(&options)
        return options
    }

    @Test func `no type is an error that names the types`() {
        #expect(throws: ConfigurationStoreOptionsError.missingType) { try options(nil).makeStore() }
        #expect(
            "\(ConfigurationStoreOptionsError.missingType)"
                == "--configtype is missing; one of static, file, zookeeper, s3, azure, gcs, none")
    }

    @Test func `an unknown type is an error`() {
        #expect(throws: ConfigurationStoreOptionsError.unknownType("etcd")) { try options("etcd").makeStore() }
    }

    @Test func `static needs its servers, each once`() throws {
        #expect(throws: ConfigurationStoreOptionsError.missing(option: "--staticensemble", type: "static")) {
            try options("static").makeStore()
        }
        for bad in ["a,b", "1:a,1:b", "1:a,2:a", "1:a,b", ","] {
            #expect(throws: ConfigurationStoreOptionsError.self) { try options("static") { $0.staticensemble = bad }.makeStore() }
        }
        let store = try options("static") { $0.staticensemble = "1:a, 2:b,O:3:c," }.makeStore()
        #expect(store.summary == "static 1:a,2:b,O:3:c")
    }

    @Test func `file takes the names of the original by default`() throws {
        #expect(try options("file") { $0.fsconfigdir = "/shared" }.makeStore().summary == "file /shared/exhibitor.properties")
        #expect(throws: ConfigurationStoreOptionsError.self) { try options("file") { $0.fsconfiglockprefix = "a_b" }.makeStore() }
        #expect(throws: ConfigurationStoreOptionsError.self) { try options("file") { $0.fsconfigname = "a/b" }.makeStore() }
    }

    @Test func `options of another type are contradictions`() {
        #expect(throws: ConfigurationStoreOptionsError.contradictory(option: "--staticensemble", type: "file")) {
            try options("file") { $0.staticensemble = "1:a" }.makeStore()
        }
        #expect(throws: ConfigurationStoreOptionsError.contradictory(option: "--fsconfigdir", type: "none")) {
            try options("none") {
                $0.noneconfigdir = "/d"
                $0.fsconfigdir = "/e"
            }.makeStore()
        }
    }

    @Test func `what S3 backups need may go with any type`() throws {
        _ = try options("file") {
            $0.s3region = "eu-west-1"
            $0.s3credentials = "/etc/credentials"
        }.makeStore()
    }

    @Test func `zookeeper needs an ensemble and a path in it`() throws {
        #expect(throws: ConfigurationStoreOptionsError.missing(option: "--zkconfigconnect", type: "zookeeper")) {
            try options("zookeeper") { $0.zkconfigzpath = "/p" }.makeStore()
        }
        #expect(throws: ConfigurationStoreOptionsError.missing(option: "--zkconfigzpath", type: "zookeeper")) {
            try options("zookeeper") { $0.zkconfigconnect = "h:2181" }.makeStore()
        }
        let bad: [(String, String, String?)] = [
            ("h:x", "/p", nil), ("h:2181/q", "/p", nil), ("h:2181", "p", nil), ("h:2181", "/p", "1000"),
        ]
        for (connect, path, retry) in bad {
            #expect(throws: ConfigurationStoreOptionsError.self) {
                try options("zookeeper") {
                    $0.zkconfigconnect = connect
                    $0.zkconfigzpath = path
                    $0.zkconfigretry = retry
                }.makeStore()
            }
        }
        let store = try options("zookeeper") {
            $0.zkconfigconnect = "a:2181,b"
            $0.zkconfigzpath = "/dcos/exhibitor"
            $0.zkconfigretry = "500:4"
        }.makeStore()
        #expect(store.summary == "zookeeper a:2181,b:2181/dcos/exhibitor")
    }
}
