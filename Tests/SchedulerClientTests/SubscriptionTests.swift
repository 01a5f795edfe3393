import Testing

@testable import SchedulerClient

@Suite struct SubscriptionTests {
    let first = MasterEndpoint(host: "10.0.0.1", port: 5050)
    let second = MasterEndpoint(host: "10.0.0.2", port: 5050)

    /// The macro cannot look into calls that change the subscription.
    private func expect(_ actual: Subscription.Step, _ expected: Subscription.Step, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(actual == expected, sourceLocation: sourceLocation)
    }

    @Test func waitsWhileNobodyLeads() {
        var subscription = Subscription()
        expect(subscription.next(), .awaitMaster)
    }

    @Test func subscribesToTheDetectedMasterAtOnce() {
        var subscription = Subscription()
        let isNews = subscription.masterDetected(first)
        #expect(isNews)
        expect(subscription.next(), .subscribe(first))
    }

    @Test func theSameMasterAgainInterruptsNothing() {
        var subscription = Subscription()
        _ = subscription.masterDetected(first)
        let isNews = subscription.masterDetected(first)
        #expect(!isNews)
    }

    @Test func aFailureMakesTheNextAttemptWait() {
        var generator = SystemRandomNumberGenerator()
        var subscription = Subscription()
        _ = subscription.masterDetected(first)
        var longest = Duration.zero
        for _ in 0..<20 {
            expect(subscription.next(), .subscribe(first))
            subscription.ended(.refused(status: 503, message: ""), using: &generator)
            guard case .pause(let pause) = subscription.next() else {
                Issue.record("no pause after a failure")
                return
            }
            #expect(pause >= .milliseconds(25) && pause <= Subscription.longestPause)
            longest = max(longest, pause)
        }
        #expect(longest >= Subscription.longestPause / 2)
    }

    @Test func aNewMasterCutsThePauseShort() {
        var generator = SystemRandomNumberGenerator()
        var subscription = Subscription()
        _ = subscription.masterDetected(first)
        _ = subscription.next()
        subscription.ended(.lost("reset"), using: &generator)
        let isNews = subscription.masterDetected(second)
        #expect(isNews)
        expect(subscription.next(), .subscribe(second))
    }

    @Test func aRedirectIsFollowedAtOnce() {
        var generator = SystemRandomNumberGenerator()
        var subscription = Subscription()
        _ = subscription.masterDetected(first)
        _ = subscription.next()
        subscription.ended(.redirected(second), using: &generator)
        expect(subscription.next(), .subscribe(second))
    }

    @Test func aRedirectToTheSameMasterIsAFailure() {
        var generator = SystemRandomNumberGenerator()
        var subscription = Subscription()
        _ = subscription.masterDetected(first)
        _ = subscription.next()
        subscription.ended(.redirected(first), using: &generator)
        guard case .pause = subscription.next() else {
            Issue.record("a redirect to itself must not be followed at once")
            return
        }
    }

    @Test func anErrorMakesItWaitLong() {
        var generator = SystemRandomNumberGenerator()
        var subscription = Subscription()
        _ = subscription.masterDetected(first)
        _ = subscription.next()
        subscription.ended(.error("Framework has been removed"), using: &generator)
        expect(subscription.next(), .pause(Subscription.pauseAfterError))
    }

    @Test func heartbeatsMovedTheDeadline() {
        let start = ContinuousClock.now
        var monitor = HeartbeatMonitor(interval: .seconds(15), allowedMisses: 5, now: start)
        #expect(monitor.deadline == start + .seconds(75))
        monitor.heard(at: start + .seconds(10))
        #expect(monitor.deadline == start + .seconds(85))
    }

    @Test(arguments: [
        ("//10.0.0.9:5050/api/v1/scheduler", "10.0.0.9:5050"), ("http://10.0.0.9:5051/x", "10.0.0.9:5051"),
        ("//10.0.0.9:5050", "10.0.0.9:5050"),
    ])
    func readsTheMasterOfALocation(location: String, expected: String) {
        #expect(MasterEndpoint(location: location)?.description == expected)
    }

    @Test(arguments: ["", "/master/redirect", "//host/", "//host:0/", "//:5050/"])
    func refusesOtherLocations(location: String) {
        #expect(MasterEndpoint(location: location) == nil)
    }
}
