/// What every transaction begins with.
public struct TransactionHeader: Sendable, Hashable {
    /// Session of the client that asked for it.
    public var session: Int64
    /// The client's number of its request.
    public var requestID: Int32
    public var zxid: Int64
    /// The leader's clock, milliseconds since 1970.
    public var time: Int64
    /// Opcode (contracts/exhibitor.md §14.6).
    public var type: Int32

    public init(session: Int64, requestID: Int32, zxid: Int64, time: Int64, type: Int32) {
        self.session = session
        self.requestID = requestID
        self.zxid = zxid
        self.time = time
        self.type = type
    }

    init(from reader: inout JuteReader) throws(TransactionLogError) {
        session = try reader.int64()
        requestID = try reader.int32()
        zxid = try reader.int64()
        time = try reader.int64()
        type = try reader.int32()
    }
}
