/// Makes time UUIDs that never repeat within a generator, and with a random node and clock sequence practically never
/// across generators (a new process takes a new generator).
public struct TimeUUIDGenerator: Sendable {
    private static let epochTicks: UInt64 = 0x01B2_1DD2_1381_4000

    private let clockSequence: UInt16
    private let node: UInt64
    private var lastTicks: UInt64 = 0

    public init(using random: inout some RandomNumberGenerator) {
        clockSequence = UInt16.random(in: 0...0x3FFF, using: &random)
        // The multicast bit marks a node that is not a hardware address.
        node = UInt64.random(in: 0...0xFFFF_FFFF_FFFF, using: &random) | 0x0100_0000_0000
    }

    public init() {
        var random = SystemRandomNumberGenerator()
        self.init(using: &random)
    }

    public mutating func next(now: Timestamp) -> TimeUUID {
        let ticks = Self.epochTicks &+ UInt64(clamping: max(0, now.milliseconds)) &* 10_000
        // Several ids in one millisecond, or a clock set back: count on.
        lastTicks = max(ticks, lastTicks + 1)
        return TimeUUID(ticks: lastTicks, clockSequence: clockSequence, node: node)
    }
}
