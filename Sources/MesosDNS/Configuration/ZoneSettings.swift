import DNSWire

/// What the zone's contents depend on besides the cluster.
struct ZoneSettings: Sendable {
    var domain: String
    /// Seconds.
    var ttl: UInt32
    var labels: LabelRule
    /// Unhealthy tasks have no records unless all of a name are unhealthy.
    var healthyOnly: Bool
    var authority: StartOfAuthority
    /// Where this server listens, for the zone's NS record.
    var nameServers: [IPv4Address]
}
