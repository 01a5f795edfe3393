/// One entry of a transaction log whose checksum is right.
public struct LogEntry: Sendable {
    public let header: TransactionHeader
    /// Of the entry in the (decompressed) file.
    public let offset: Int64
    /// What follows the header; a view of the reader's buffer.
    public let body: ArraySlice<UInt8>

    /// - Throws: `TransactionLogError` when the bytes, though as they were written, are no record of their type.
    public func transaction() throws(TransactionLogError) -> Transaction {
        try TransactionDecoder.decode(header, body: body)
    }
}
