import Testing

@testable import ObjectStorage

@Suite struct RetryPolicyTests {
    @Test func `pauses grow, vary, stay below a bound and end`() {
        let policy = RetryPolicy(attempts: 8, firstPause: .milliseconds(100), longestPause: .seconds(1))
        for seed in 1...100 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            for failures in 1...7 {
                let bound = min(Duration.milliseconds(100) * (1 << (failures - 1)), .seconds(1))
                let pause = policy.pause(after: failures, using: &random)
                #expect(pause.map { $0 <= bound && $0 >= bound / 2 } == true, "seed \(seed)")
            }
            #expect(policy.pause(after: 8, using: &random) == nil)
        }
    }

    @Test func `only statuses that pass by themselves are tried again`() {
        #expect([408, 429, 500, 502, 503, 504].allSatisfy(RetryPolicy.isPassing))
        #expect(![200, 304, 400, 403, 404, 409, 412, 501].contains(where: RetryPolicy.isPassing))
    }
}
