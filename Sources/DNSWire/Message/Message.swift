/// A whole DNS message (RFC 1035 §4, RFC 6891) as a value: for clients, tools and tests. The server's hot path reads and
/// writes packets in place instead (`Responder`).
public struct Message: Sendable, Hashable {
    public struct Question: Sendable, Hashable {
        public var name: DNSName
        public var type: RecordType
        public var recordClass: RecordClass
        public init(_ name: DNSName, _ type: RecordType, _ recordClass: RecordClass = .in) {
            self.name = name
            self.type = type
            self.recordClass = recordClass
        }
    }

    /// The OPT record's fixed fields (RFC 6891 §6.1).
    public struct Extension: Sendable, Hashable {
        /// The largest UDP message that the sender takes, in bytes.
        public var payloadSize: UInt16
        public var version: UInt8
        public var wantsDNSSEC: Bool
        public init(payloadSize: UInt16 = 1232, version: UInt8 = 0, wantsDNSSEC: Bool = false) {
            self.payloadSize = payloadSize
            self.version = version
            self.wantsDNSSEC = wantsDNSSEC
        }
    }

    public var id: UInt16
    public var flags: HeaderFlags
    /// 0…15; 0 is a standard query.
    public var opcode: UInt8
    public var responseCode: ResponseCode
    public var questions: [Question]
    public var answers: [ResourceRecord]
    public var authority: [ResourceRecord]
    /// Without the OPT record.
    public var additional: [ResourceRecord]
    public var edns: Extension?

    public init(id: UInt16, flags: HeaderFlags = [], questions: [Question] = []) {
        self.id = id
        self.flags = flags
        self.opcode = 0
        self.responseCode = .noError
        self.questions = questions
        self.answers = []
        self.authority = []
        self.additional = []
    }

    /// A query for one name.
    public static func query(
        id: UInt16, _ name: DNSName, _ type: RecordType, recursionDesired: Bool = true, edns: Extension? = nil
    ) -> Message {
        var message = Message(id: id, flags: recursionDesired ? .recursionDesired : [], questions: [Question(name, type)])
        message.edns = edns
        return message
    }
}
