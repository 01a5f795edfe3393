import Testing

@testable import Simulation

@Suite("Percentiles")
struct PercentilesTests {
    @Test("Of 1 to 100 ms they are the numbers themselves")
    func hundred() throws {
        let times = try #require(Percentiles((1...100).shuffled().map { .milliseconds($0) }))
        #expect(times.count == 100 && times.p50 == 50 && times.p90 == 90 && times.p99 == 99 && times.max == 100)
    }

    @Test("One time is all of them; none is none")
    func few() {
        #expect(Percentiles([.milliseconds(3)])?.p99 == 3)
        #expect(Percentiles([]) == nil)
    }
}
