/// A type of record (RFC 1035 §3.2.2 and later).
public struct RecordType: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let a = RecordType(rawValue: 1)
    public static let ns = RecordType(rawValue: 2)
    public static let cname = RecordType(rawValue: 5)
    public static let soa = RecordType(rawValue: 6)
    public static let ptr = RecordType(rawValue: 12)
    public static let mx = RecordType(rawValue: 15)
    public static let txt = RecordType(rawValue: 16)
    public static let aaaa = RecordType(rawValue: 28)
    public static let srv = RecordType(rawValue: 33)
    public static let opt = RecordType(rawValue: 41)
    public static let ds = RecordType(rawValue: 43)
    public static let ixfr = RecordType(rawValue: 251)
    public static let axfr = RecordType(rawValue: 252)
    public static let any = RecordType(rawValue: 255)
}

/// A class of records (RFC 1035 §3.2.4).
public struct RecordClass: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let `in` = RecordClass(rawValue: 1)
    public static let chaos = RecordClass(rawValue: 3)
    public static let any = RecordClass(rawValue: 255)
}

/// The outcome of a query (RFC 1035 §4.1.1; above 15 with the upper bits in the OPT record, RFC 6891 §6.1.3).
public struct ResponseCode: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let noError = ResponseCode(rawValue: 0)
    public static let formatError = ResponseCode(rawValue: 1)
    public static let serverFailure = ResponseCode(rawValue: 2)
    public static let nameError = ResponseCode(rawValue: 3)
    public static let notImplemented = ResponseCode(rawValue: 4)
    public static let refused = ResponseCode(rawValue: 5)
    public static let badVersion = ResponseCode(rawValue: 16)
}

/// The second word of a message's header (RFC 1035 §4.1.1) without opcode and response code.
public struct HeaderFlags: OptionSet, Sendable, Hashable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// QR: this is a response.
    public static let response = HeaderFlags(rawValue: 0x8000)
    /// AA
    public static let authoritative = HeaderFlags(rawValue: 0x0400)
    /// TC: the response was cut, ask over TCP.
    public static let truncated = HeaderFlags(rawValue: 0x0200)
    /// RD
    public static let recursionDesired = HeaderFlags(rawValue: 0x0100)
    /// RA
    public static let recursionAvailable = HeaderFlags(rawValue: 0x0080)
    public static let all: HeaderFlags = [
        .response, .authoritative, .truncated, .recursionDesired, .recursionAvailable, HeaderFlags(rawValue: 0x0070),
    ]
}
