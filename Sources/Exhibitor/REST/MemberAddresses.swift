import NIOCore

/// The addresses of the members of the ensemble. Names are looked up, and looked up again after a while.
actor MemberAddresses {
    private static let lifetime = Duration.seconds(60)

    private let hosts: @Sendable () async -> [String]
    private var known: (hosts: [String], addresses: Set<String>, since: ContinuousClock.Instant)?

    init(hosts: @escaping @Sendable () async -> [String]) { self.hosts = hosts }

    func contains(_ address: String) async -> Bool {
        let hosts = await hosts()
        if let known, known.hosts == hosts, ContinuousClock.now - known.since < Self.lifetime {
            return known.addresses.contains(address)
        }
        let addresses = (try? await ServerThread.run { Set(hosts.flatMap(Self.resolve)) }) ?? []
        known = (hosts, addresses, .now)
        return addresses.contains(address)
    }

    /// Blocks.
    private static func resolve(_ host: String) -> [String] {
        if let literal = try? SocketAddress(ipAddress: host, port: 0).ipAddress { return [MutationGuard.plain(literal)] }
        // One address of the name: members are named by addresses as a rule.
        guard let address = try? SocketAddress.makeAddressResolvingHost(host, port: 0).ipAddress else { return [] }
        return [MutationGuard.plain(address)]
    }
}
