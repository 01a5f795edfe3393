import DNSWire

/// How a records server is set up: the keys of contracts/dns-networking.md §3.8 under Swift names, with the program's
/// defaults.
public struct MesosDNSConfiguration: Sendable {
    public struct Credentials: Sendable, Hashable {
        public var principal: String
        public var secret: String
        public init(principal: String = "", secret: String = "") {
            self.principal = principal
            self.secret = secret
        }
    }

    /// `zk://host:port,…/mesos`.
    public var zk = ""
    public var masters: [String]?
    /// Seconds.
    public var refreshSeconds = 60
    public var stateTimeoutSeconds = 300
    public var zkDetectionTimeout = 30
    /// Of every record, in seconds.
    public var ttl = 60
    public var domain = "mesos"
    public var port = 53
    public var httpPort = 8123
    /// IPv4 address to listen on; `0.0.0.0` for all.
    public var listener = "0.0.0.0"
    public var httpListener = "0.0.0.0"
    /// `ip` or `ip:port`.
    public var resolvers = ["8.8.8.8"]
    /// By zone.
    public var zoneResolvers: [String: [String]] = [:]
    /// Seconds for each upstream server.
    public var timeout = 5
    public var dnsOn = true
    public var httpOn = true
    /// Whether names outside the domain are asked upstream.
    public var externalOn = true
    /// RA in replies.
    public var recurseOn = true
    public var enumerationOn = true
    public var setTruncateBit = true
    public var enforceRFC952 = false
    public var ipSources: [IPSource] = [.netinfo, .mesos, .host]
    public var soaMname = "ns1.mesos"
    public var soaRname = "root.ns1.mesos"
    public var soaRefresh = 60
    public var soaRetry = 600
    public var soaExpire = 86400
    public var soaMinttl = 60
    public var mesosAuthentication = ""
    public var mesosCredentials = Credentials()
    public var mesosHTTPSOn = false
    public var caCertFile = ""
    public var certFile = ""
    public var keyFile = ""
    public var iamConfigFile = ""
    /// Unhealthy tasks are left out unless all of a name are unhealthy (§12, 3).
    public var healthyOnly = false
    /// Where the configuration was read from.
    public var file = ""
    /// UDP threads.
    public var workers = 1
    /// Of the ZooKeeper session.
    public var sessionTimeout = Duration.seconds(10)

    public init() {}

    /// `zk` without a password.
    var printableZk: String {
        guard let at = zk.lastIndex(of: "@"), let start = zk.range(after: "://"), start < at else { return zk }
        return String(zk[..<start] + zk[zk.index(after: at)...])
    }
}

extension String {
    /// Where the text after the first `mark` begins.
    fileprivate func range(after mark: String) -> Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(mark) { return self.index(index, offsetBy: mark.count) }
            index = self.index(after: index)
        }
        return nil
    }
}
