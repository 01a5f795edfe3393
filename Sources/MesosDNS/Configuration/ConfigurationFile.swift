import FoundationEssentials

/// Reads the JSON configuration file (contracts/dns-networking.md §3.8): keys without regard to case, unknown ones ignored.
extension MesosDNSConfiguration {
    /// - Parameters:
    ///   - path: `~/` is the home directory.
    /// - Throws: `Invalid` naming the key whose value has the wrong type, or the file.
    public static func load(path: String, home: String? = nil) throws -> MesosDNSConfiguration {
        var full = path
        if path.hasPrefix("~/"), let home { full = home + path.dropFirst(1) }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: full))
        } catch {
            throw Invalid(key: "config", reason: "cannot read \(full): \(error)")
        }
        var configuration = try MesosDNSConfiguration(json: data)
        configuration.file = full
        return configuration
    }

    public init(json data: Data) throws {
        self.init()
        let file: ConfigurationKeys
        do {
            file = try JSONDecoder().decode(ConfigurationKeys.self, from: data)
        } catch {
            throw Invalid(key: "config", reason: "is not a JSON object: \(error)")
        }
        try file.read("zk", into: &zk)
        var masters: [String] = []
        try file.read("masters", into: &masters)
        self.masters = masters.isEmpty ? nil : masters
        try file.read("refreshSeconds", into: &refreshSeconds)
        try file.read("stateTimeoutSeconds", into: &stateTimeoutSeconds)
        try file.read("zkDetectionTimeout", into: &zkDetectionTimeout)
        try file.read("ttl", into: &ttl)
        try file.read("domain", into: &domain)
        try file.read("port", into: &port)
        try file.read("httpport", into: &httpPort)
        try file.read("listener", into: &listener)
        try file.read("HTTPListener", into: &httpListener)
        try file.read("resolvers", into: &resolvers)
        try file.read("zoneResolvers", into: &zoneResolvers)
        try file.read("timeout", into: &timeout)
        try file.read("dnson", into: &dnsOn)
        try file.read("httpon", into: &httpOn)
        try file.read("externalon", into: &externalOn)
        try file.read("recurseon", into: &recurseOn)
        try file.read("EnumerationOn", into: &enumerationOn)
        try file.read("SetTruncateBit", into: &setTruncateBit)
        try file.read("enforceRFC952", into: &enforceRFC952)
        try file.read("healthyOnly", into: &healthyOnly)
        var sources = ipSources.map(\.rawValue)
        try file.read("IPSources", into: &sources)
        ipSources = try MesosDNSConfiguration.sources(sources)
        try file.read("SOAMname", into: &soaMname)
        try file.read("SOARname", into: &soaRname)
        try file.read("SOARefresh", into: &soaRefresh)
        try file.read("SOARetry", into: &soaRetry)
        try file.read("SOAExpire", into: &soaExpire)
        try file.read("SOAMinttl", into: &soaMinttl)
        try file.read("mesosAuthentication", into: &mesosAuthentication)
        try file.read("MesosHTTPSOn", into: &mesosHTTPSOn)
        try file.read("CACertFile", into: &caCertFile)
        try file.read("CertFile", into: &certFile)
        try file.read("KeyFile", into: &keyFile)
        try file.read("IAMConfigFile", into: &iamConfigFile)
        var credentials: [String: String] = [:]
        try file.read("mesosCredentials", into: &credentials)
        for (key, value) in credentials {
            switch key.lowercased() {
            case "principal": mesosCredentials.principal = value
            case "secret": mesosCredentials.secret = value
            default: break
            }
        }
    }

    /// - Throws: `Invalid` for a name that is no source (contracts/dns-networking.md §3.5).
    public static func sources(_ names: [String]) throws -> [IPSource] {
        try names.map { name in
            guard let source = IPSource(rawValue: name) else {
                let known = IPSource.allCases.map(\.rawValue).joined(separator: ", ")
                throw Invalid(key: "IPSources", reason: "'\(name)' is not one of \(known)")
            }
            return source
        }
    }
}

/// A JSON object whose values are read one by one, by keys in any letter case.
private struct ConfigurationKeys: Decodable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private let container: KeyedDecodingContainer<Key>

    init(from decoder: any Decoder) throws { container = try decoder.container(keyedBy: Key.self) }

    /// Leaves `value` alone when the key is absent or null.
    func read<Value: Decodable>(_ name: String, into value: inout Value) throws {
        guard let key = container.allKeys.first(where: { $0.stringValue.lowercased() == name.lowercased() }) else { return }
        do {
            if let new = try container.decodeIfPresent(Value.self, forKey: key) { value = new }
        } catch {
            throw MesosDNSConfiguration.Invalid(key: key.stringValue, reason: "has the wrong type; expected \(Value.self)")
        }
    }
}
