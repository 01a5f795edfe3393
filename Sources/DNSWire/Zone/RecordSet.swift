/// All records of one name in a zone; each list without duplicates.
public struct RecordSet: Sendable, Hashable {
    /// An SRV record with priority and weight 0.
    public struct Service: Sendable, Hashable {
        public var target: DNSName
        public var port: UInt16
        public init(target: DNSName, port: UInt16) {
            self.target = target
            self.port = port
        }
    }

    public var addresses: [IPv4Address]
    public var addresses6: [IPv6Address]
    public var services: [Service]

    public init(addresses: [IPv4Address] = [], addresses6: [IPv6Address] = [], services: [Service] = []) {
        self.addresses = addresses
        self.addresses6 = addresses6
        self.services = services
    }

    public var isEmpty: Bool { addresses.isEmpty && addresses6.isEmpty && services.isEmpty }
}
