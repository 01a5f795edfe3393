/// The options of the command line that choose and set up a store (contracts/exhibitor.md §7.5, §12.7), one property
/// per option. Nil: not given.
public struct ConfigurationStoreOptions: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case `static`, file, zookeeper, s3, azure, gcs, none
    }

    /// `--configtype`.
    public var configtype: String?

    public var staticensemble: String?

    public var fsconfigdir: String?
    public var fsconfigname: String?
    public var fsconfiglockprefix: String?

    public var zkconfigconnect: String?
    public var zkconfigzpath: String?
    /// `pause in ms:retries`, by default `1000:3`: how long an operation waits for a connection, together.
    public var zkconfigretry: String?
    /// With `zkconfigexhibitorport`: how often to ask for the list of servers; by default 10000.
    public var zkconfigpollms: Int?
    /// Where the Exhibitors of that ensemble listen, if it has any.
    public var zkconfigexhibitorport: Int?
    /// Before `exhibitor/v1/...`; by default `/`.
    public var zkconfigexhibitorpath: String?
    /// `--timeout` in ms: session timeout of the connection to that ensemble; by default 30000.
    public var timeout: Int?

    /// `bucket:key`.
    public var s3config: String?
    public var s3configprefix: String?
    /// A region, or the URL of another service than AWS.
    public var s3region: String?
    public var s3credentials: String?
    public var s3proxy: String?

    /// `container:blob`.
    public var azureconfig: String?
    public var azurecredentials: String?

    /// `bucket:object`.
    public var gcsconfig: String?
    public var gcsconfigprefix: String?
    public var gcscredentials: String?

    public var noneconfigdir: String?

    public init(configtype: String? = nil) {
        self.configtype = configtype
    }
}
