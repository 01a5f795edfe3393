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
    /// `sleep ms:retries`.
    public var zkconfigretry: String?
    public var zkconfigpollms: Int?
    public var zkconfigexhibitorport: Int?
    public var zkconfigexhibitorpath: String?

    /// `bucket:key`.
    public var s3config: String?
    public var s3configprefix: String?
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
