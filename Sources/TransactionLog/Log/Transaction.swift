/// One decoded transaction.
public struct Transaction: Sendable, Hashable {
    public var header: TransactionHeader
    /// One, or the parts of a `multi`; all or none of them take effect.
    public var operations: [Operation]
    public var isMulti: Bool

    /// Whether it changes nothing: a failed request, or a `multi` with a failed part.
    public var hasFailed: Bool {
        operations.contains { if case .failure = $0 { true } else { false } }
    }
}
