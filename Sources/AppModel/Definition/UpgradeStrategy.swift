/// How far a rolling replacement may dip and swell (contracts/marathon.md §8, §12.3). Both are fractions of `instances`.
public struct UpgradeStrategy: Sendable, Hashable {
    public var minimumHealthCapacity: Double
    public var maximumOverCapacity: Double

    public init(minimumHealthCapacity: Double = 1, maximumOverCapacity: Double = 1) {
        self.minimumHealthCapacity = minimumHealthCapacity
        self.maximumOverCapacity = maximumOverCapacity
    }

    /// The default of apps with persistent or external volumes.
    public static let forVolumes = UpgradeStrategy(minimumHealthCapacity: 0.5, maximumOverCapacity: 0)

    init(_ reader: ObjectReader) {
        self.init(
            minimumHealthCapacity: reader.double("minimumHealthCapacity") ?? 1,
            maximumOverCapacity: reader.double("maximumOverCapacity") ?? 1)
    }

    public var json: JSONValue {
        [
            "minimumHealthCapacity": .double(minimumHealthCapacity), "maximumOverCapacity": .double(maximumOverCapacity),
        ]
    }
}
