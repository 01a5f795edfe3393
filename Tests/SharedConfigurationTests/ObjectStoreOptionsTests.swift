import ObjectStorage
import SharedConfiguration
import Testing

@Suite struct ObjectStoreOptionsTests {
    private func options(_ type: String?, _ change: (inout ConfigurationStoreOptions) -> Void = { _ in }) -> ConfigurationStoreOptions {
        var options = ConfigurationStoreOptions(configtype: type)
        change(&options)
        return options
    }

    // MARK: S3

    @Test func `s3 needs a bucket and a key`() throws {
        #expect(throws: ConfigurationStoreOptionsError.missing(option: "--s3config", type: "s3")) { try options("s3").makeStore() }
        for bad in ["bucket", ":key", "bucket:"] {
            #expect(throws: ConfigurationStoreOptionsError.malformed(option: "--s3config", value: bad, expected: "bucket:key")) {
                try options("s3") { $0.s3config = bad }.makeStore()
            }
        }
        #expect(try options("s3") { $0.s3config = "bucket:dcos/a:b" }.makeStore().summary == "s3 bucket:dcos/a:b")
    }

    @Test func `a prefix with the separator of lock keys is malformed`() {
        #expect(throws: ConfigurationStoreOptionsError.self) {
            try options("s3") {
                $0.s3config = "b:k"
                $0.s3configprefix = "my_prefix"
            }.makeStore()
        }
    }

    @Test func `keys come from the file, else from the environment, else from the instance`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("s3", "com.netflix.exhibitor.s3.access-key-id=A\ncom.netflix.exhibitor.s3.access-secret-key=S\n")
        let environment = ["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "T", "AWS_SESSION_TOKEN": "X", "AWS_REGION": "eu-central-1"]

        var options = ConfigurationStoreOptions()
        #expect(try options.s3Configuration(bucket: "b", environment: [:]).credentials == .instanceRole(endpoint: "http://169.254.169.254"))
        let fromEnvironment = try options.s3Configuration(bucket: "b", environment: environment)
        #expect(fromEnvironment.credentials == .fixed(S3Credentials(accessKeyID: "E", secretAccessKey: "T", sessionToken: "X")))
        #expect(fromEnvironment.endpoint == "https://s3.eu-central-1.amazonaws.com")
        options.s3credentials = directory.path + "/s3"
        options.s3region = "us-west-2"
        let fromFile = try options.s3Configuration(bucket: "b", environment: environment)
        #expect(fromFile.credentials == .fixed(S3Credentials(accessKeyID: "A", secretAccessKey: "S")))
        #expect(fromFile.region == "us-west-2")
    }

    @Test func `another service than AWS is named by a URL`() throws {
        let options = options(nil) { $0.s3region = "http://127.0.0.1:9000/" }
        let configuration = try options.s3Configuration(bucket: "b", environment: [:])
        #expect(configuration.endpoint == "http://127.0.0.1:9000")
        #expect(configuration.usesPathStyle)
        #expect(configuration.region == "us-east-1")
    }

    @Test func `a credentials file that lacks a key is an error that names it`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("s3", "com.netflix.exhibitor.s3.access-key-id=A\n")
        let path = directory.path + "/s3"
        #expect(
            throws: ConfigurationStoreOptionsError.file(
                option: "--s3credentials", path: path, reason: "com.netflix.exhibitor.s3.access-secret-key is missing")
        ) {
            try options(nil) { $0.s3credentials = path }.s3Configuration(bucket: "b", environment: [:])
        }
        #expect(
            throws: ConfigurationStoreOptionsError.file(option: "--s3credentials", path: "/none", reason: "No such file or directory")
        ) {
            try options(nil) { $0.s3credentials = "/none" }.s3Configuration(bucket: "b", environment: [:])
        }
    }

    @Test func `the proxy comes from a file of its own`() throws {
        let directory = try TemporaryDirectory()
        let keys = ["proxy-host=proxy", "proxy-port=3128", "proxy-username=me", "proxy-password=pw"]
        try directory.write("proxy", keys.map { "com.netflix.exhibitor.s3.\($0)\n" }.joined())
        let configuration = try options(nil) { $0.s3proxy = directory.path + "/proxy" }.s3Configuration(bucket: "b", environment: [:])
        #expect(configuration.proxy == HTTPProxy(host: "proxy", port: 3128, username: "me", password: "pw"))
    }

    // MARK: Azure

    @Test func `azure needs a container, a blob and a credentials file`() throws {
        #expect(throws: ConfigurationStoreOptionsError.missing(option: "--azureconfig", type: "azure")) {
            try options("azure").makeStore()
        }
        #expect(throws: ConfigurationStoreOptionsError.missing(option: "--azurecredentials", type: "azure")) {
            try options("azure") { $0.azureconfig = "c:b" }.makeStore()
        }
        let directory = try TemporaryDirectory()
        try directory.write("azure", "com.netflix.exhibitor.azure.account-name=a\ncom.netflix.exhibitor.azure.account-key=a2V5\n")
        let store = try options("azure") {
            $0.azureconfig = "dcos-exhibitor:prefix"
            $0.azurecredentials = directory.path + "/azure"
        }.makeStore()
        #expect(store.summary == "azure dcos-exhibitor:prefix")
        try directory.write("azure", "com.netflix.exhibitor.azure.account-name=a\ncom.netflix.exhibitor.azure.account-key=???\n")
        #expect(throws: ConfigurationStoreOptionsError.self) {
            try options("azure") {
                $0.azureconfig = "c:b"
                $0.azurecredentials = directory.path + "/azure"
            }.makeStore()
        }
    }

    // MARK: GCS

    @Test func `gcs takes the service account of the instance, a properties file or Google's key file`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("key.pem", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n")
        try directory.write("key.p12", "\u{1}binary")
        try directory.write("key.json", #"{"client_email":"a@b","private_key":"PEM"}"#)
        let prefix = "com.netflix.exhibitor.gcs."
        try directory.write("pem", "\(prefix)account-email=a@b\n\(prefix)private-key-path=\(directory.path)/key.pem\n")
        try directory.write("p12", "\(prefix)account-email=a@b\n\(prefix)private-key-path=\(directory.path)/key.p12\n")
        try directory.write("nobody", "\(prefix)private-key-path=\(directory.path)/key.pem\n")

        func store(_ credentials: String?) throws -> any ConfigurationStore {
            try options("gcs") {
                $0.gcsconfig = "bucket:dir/object"
                $0.gcscredentials = credentials.map { "\(directory.path)/\($0)" }
            }.makeStore()
        }
        for good in [nil, "pem", "key.json"] { #expect(try store(good).summary == "gcs bucket:dir/object") }
        for bad in ["p12", "nobody", "none"] { #expect(throws: ConfigurationStoreOptionsError.self) { try store(bad) } }
        #expect(throws: ConfigurationStoreOptionsError.missing(option: "--gcsconfig", type: "gcs")) { try options("gcs").makeStore() }
    }
}
