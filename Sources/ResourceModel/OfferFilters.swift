/// What a framework does not want to be offered, in one of its roles.
public struct OfferFilters: Codable, Sendable, Hashable {
    public struct Quantities: Codable, Sendable, Hashable {
        /// By the name of the scalar.
        @Mapped public var quantities: [String: ScalarValue]
        public init(quantities: [String: ScalarValue]) { self.quantities = quantities }
    }
    public struct MinAllocatableResources: Codable, Sendable, Hashable {
        /// An offer has to contain one of them; empty: any will do.
        @Listed public var quantities: [Quantities]
        public init(quantities: [Quantities]) { self.quantities = quantities }
    }
    /// Nil: the master's `--min_allocatable_resources`.
    public var min_allocatable_resources: MinAllocatableResources?
    public init(min_allocatable_resources: MinAllocatableResources? = nil) {
        self.min_allocatable_resources = min_allocatable_resources
    }
}
