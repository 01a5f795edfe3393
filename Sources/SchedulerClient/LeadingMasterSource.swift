import ResourceModel

/// Tells who the leading master is, now and at every change.
public protocol LeadingMasterSource: Sendable {
    /// Calls `body` with the leading master (nil: nobody leads) first for the present, then for each change, until cancelled.
    func follow(_ body: @Sendable (MasterEndpoint?) async -> Void) async throws
}

/// A cluster whose master never moves: `--master host:port`.
public struct FixedMaster: LeadingMasterSource {
    public let endpoint: MasterEndpoint
    public init(_ endpoint: MasterEndpoint) { self.endpoint = endpoint }

    public func follow(_ body: @Sendable (MasterEndpoint?) async -> Void) async throws {
        await body(endpoint)
        // Nothing will ever change; live until cancelled.
        try await Task.sleep(for: .seconds(Int64.max / 2_000_000_000))
    }
}
