/// The system's randomness, or a reproducible sequence (SplitMix64) where a test gives a seed.
struct SystemOrSeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64?

    init(seed: UInt64?) { state = seed }

    mutating func next() -> UInt64 {
        guard let current = state else {
            var system = SystemRandomNumberGenerator()
            return system.next()
        }
        let advanced = current &+ 0x9e37_79b9_7f4a_7c15
        state = advanced
        var z = advanced
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
