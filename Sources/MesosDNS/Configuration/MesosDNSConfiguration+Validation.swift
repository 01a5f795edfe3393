import DNSWire
import ZooKeeper

extension MesosDNSConfiguration {
    /// A setting that cannot work; the message names it.
    public struct Invalid: Error, Sendable, Hashable, CustomStringConvertible {
        public let key: String
        public let reason: String
        public var description: String { "\(key): \(reason)" }
    }

    /// The configuration with names in their final form.
    /// - Throws: `Invalid` for the first setting that cannot work (contracts/dns-networking.md §3.5, §3.8).
    public func validated() throws -> MesosDNSConfiguration {
        var result = self
        result.domain = try MesosDNSConfiguration.validDomain(domain)
        result.soaMname = try MesosDNSConfiguration.validName(soaMname, key: "SOAMname")
        result.soaRname = try MesosDNSConfiguration.validName(soaRname.replacing("@", with: "."), key: "SOARname")
        if zk.isEmpty { throw Invalid(key: "zk", reason: "is empty; expected zk://host:port[,host:port...]/mesos") }
        do {
            _ = try ConnectString(zk)
        } catch {
            throw Invalid(key: "zk", reason: "\(error)")
        }
        if !dnsOn, !httpOn { throw Invalid(key: "dnson", reason: "and httpon are both false; nothing would be served") }
        if Set(masters ?? []).count != masters?.count ?? 0 { throw Invalid(key: "masters", reason: "has duplicates") }
        if ipSources.isEmpty { throw Invalid(key: "IPSources", reason: "is empty") }
        if Set(ipSources).count != ipSources.count { throw Invalid(key: "IPSources", reason: "has duplicates") }
        if stateTimeoutSeconds <= 0 { throw Invalid(key: "stateTimeoutSeconds", reason: "must be positive") }
        if certFile.isEmpty != keyFile.isEmpty { throw Invalid(key: "CertFile", reason: "and KeyFile need each other") }
        for (key, value) in [
            ("ttl", ttl), ("SOARefresh", soaRefresh), ("SOARetry", soaRetry), ("SOAExpire", soaExpire), ("SOAMinttl", soaMinttl),
        ]
        where !(0...Int(Int32.max)).contains(value) {
            throw Invalid(key: key, reason: "\(value) is not between 0 and \(Int32.max) seconds")
        }
        for (key, value) in [("port", port), ("httpport", httpPort)] where !(0...65535).contains(value) {
            throw Invalid(key: key, reason: "\(value) is not a port")
        }
        for (key, value) in [("listener", listener), ("HTTPListener", httpListener)] where IPv4Address(value) == nil {
            throw Invalid(key: key, reason: "'\(value)' is not an IPv4 address")
        }
        if timeout <= 0 { throw Invalid(key: "timeout", reason: "must be positive") }
        if !(1...64).contains(workers) { throw Invalid(key: "workers", reason: "\(workers) is not between 1 and 64") }
        for resolver in resolvers where UpstreamAddress(resolver) == nil {
            throw Invalid(key: "resolvers", reason: "'\(resolver)' is neither ip nor ip:port")
        }
        try validateZoneResolvers()
        return result
    }

    private func validateZoneResolvers() throws {
        let apex = DNSName(domain)
        let zones = try zoneResolvers.keys.map { zone in
            guard let name = DNSName(zone) else { throw Invalid(key: "zoneResolvers", reason: "'\(zone)' is not a domain name") }
            return (zone, name)
        }
        for (index, (zone, name)) in zones.enumerated() {
            if zoneResolvers[zone]?.isEmpty ?? true { throw Invalid(key: "zoneResolvers", reason: "'\(zone)' has no resolvers") }
            for resolver in zoneResolvers[zone] ?? [] where UpstreamAddress(resolver) == nil {
                throw Invalid(key: "zoneResolvers", reason: "'\(resolver)' is neither ip nor ip:port")
            }
            if let apex, apex.isEqual(toOrBelow: name) {
                throw Invalid(key: "zoneResolvers", reason: "'\(zone)' masks the domain '\(domain)'")
            }
            for (other, otherName) in zones[(index + 1)...]
            where name.isEqual(toOrBelow: otherName) || otherName.isEqual(toOrBelow: name) {
                throw Invalid(key: "zoneResolvers", reason: "'\(zone)' and '\(other)' mask each other")
            }
        }
    }

    private static func validDomain(_ text: String) throws -> String {
        let domain = text.lowercased()
        let parts = domain.split(separator: ".", omittingEmptySubsequences: false)
        let isGood = parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy {
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                        || $0 == UInt8(ascii: "-")
                }
        }
        guard isGood, DNSName(domain) != nil else {
            throw Invalid(key: "domain", reason: "'\(text)' is not a domain name of letters, digits and dashes")
        }
        return domain
    }

    private static func validName(_ text: String, key: String) throws -> String {
        guard let name = DNSName(text), name != .root else { throw Invalid(key: key, reason: "'\(text)' is not a domain name") }
        return name.description
    }

    /// - nameServers: where this server listens.
    func zoneSettings(nameServers: [IPv4Address]) throws -> ZoneSettings {
        guard let primary = DNSName(soaMname), let mailbox = DNSName(soaRname) else {
            throw Invalid(key: "SOAMname", reason: "or SOARname is not a domain name")
        }
        let authority = StartOfAuthority(
            primary: primary, mailbox: mailbox, serial: 0, refresh: UInt32(clamping: soaRefresh), retry: UInt32(clamping: soaRetry),
            expire: UInt32(clamping: soaExpire), minimum: UInt32(clamping: ttl))
        return ZoneSettings(
            domain: domain, ttl: UInt32(clamping: ttl), labels: enforceRFC952 ? .rfc952 : .rfc1123, healthyOnly: healthyOnly,
            authority: authority, nameServers: nameServers)
    }
}
