import AppModel
import Testing

@testable import Marathon

@Suite struct OfferInterestTests {
    private let app: AppID
    private let other: AppID
    private let start = Timestamp(milliseconds: 1_000_000)

    init() throws {
        app = try AppID("/a")
        other = try AppID("/b")
    }

    private func step(_ interest: inout OfferInterest, _ wanted: [AppID: Int], after milliseconds: Int64) -> OfferInterest.Step? {
        interest.step(wanted: wanted, at: start + .milliseconds(milliseconds), interval: .seconds(5), repetitions: 3)
    }

    /// The macro cannot look into calls that change their argument.
    private func expect(_ actual: OfferInterest.Step?, _ expected: OfferInterest.Step?, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(actual == expected, sourceLocation: sourceLocation)
    }

    @Test func suppressesOnceWhenNothingIsWanted() {
        var interest = OfferInterest()
        expect(step(&interest, [:], after: 0), .suppress)
        expect(step(&interest, [:], after: 10), nil)
    }

    @Test func asksAtOnceForWhatIsNew() {
        var interest = OfferInterest()
        _ = step(&interest, [:], after: 0)
        expect(step(&interest, [app: 1], after: 1), .revive)
        expect(step(&interest, [app: 1], after: 2), nil)
        expect(step(&interest, [app: 1, other: 1], after: 100), .revive)
    }

    @Test func aBurstMakesOneRequestAndASecondAfterwards() {
        var interest = OfferInterest()
        expect(step(&interest, [app: 1], after: 0), .revive)
        expect(step(&interest, [app: 2], after: 1), nil)
        #expect(interest.due == start + OfferInterest.shortestGap)
        expect(step(&interest, [app: 2], after: 50), .revive)
    }

    @Test func repeatsThreeTimesWhileItWaits() {
        var interest = OfferInterest()
        expect(step(&interest, [app: 1], after: 0), .revive)
        var revived = 0
        for second in 1...60 where step(&interest, [app: 1], after: Int64(second) * 1000) == .revive { revived += 1 }
        #expect(revived == 3)
    }

    @Test func whatIsLaunchedNeedsNoNewOffers() {
        var interest = OfferInterest()
        expect(step(&interest, [app: 3], after: 0), .revive)
        expect(step(&interest, [app: 1], after: 100), nil)
        expect(step(&interest, [app: 2], after: 200), .revive)
    }
}
