import EnsembleModel
import Testing

/// The rules of contracts/exhibitor.md §10.
struct RollingReleaseTests {
    private static let patience = Duration.seconds(60)

    private func release(_ hosts: String..., index: Int) -> ConfigurationCollection.Release {
        .init(target: InstanceConfiguration(), hosts: hosts, index: index)
    }

    private func list(_ text: String) -> ServerList { ServerList(parsing: text) }

    /// The actions of several checks, one every ten seconds.
    private func checks(
        _ count: Int, by machine: inout RollingRelease, _ release: ConfigurationCollection.Release?,
        _ observation: RollingRelease.Observation, from start: Duration = .zero
    ) -> [RollingRelease.Action?] {
        (0..<count).map { machine.check(release, observation, patience: Self.patience, at: start + .seconds(10) * $0) }
    }

    private let changed = RollingRelease.Observation(state: .serving, runsOurConfiguration: true)

    @Test func newHostsGoFirstTheLeaderLast() {
        let order = RollingRelease.order(from: list("1:b,2:c,3:a"), to: list("1:b,2:c,3:a,5:z,4:y"), leader: "a")
        #expect(order == ["y", "z", "b", "c", "a"])
    }

    @Test func withoutALeaderTheOrderIsByName() {
        #expect(RollingRelease.order(from: list("1:b,2:a"), to: list("1:b,2:a"), leader: nil) == ["a", "b"])
    }

    @Test func removedHostsHaveNoTurnNotEvenTheLeader() {
        #expect(RollingRelease.order(from: list("1:a,2:b,3:c"), to: list("1:a,2:b"), leader: "c") == ["a", "b"])
    }

    @Test func theHostWhoseTurnItIsAdvancesOnceItServesWithTheTarget() {
        var machine = RollingRelease(hostname: "a")
        let pending = RollingRelease.Observation(state: .serving, runsOurConfiguration: false)
        #expect(checks(20, by: &machine, release("a", "b", index: 0), pending) == Array(repeating: nil, count: 20))
        #expect(checks(1, by: &machine, release("a", "b", index: 0), changed) == [.advance(to: 1)])
    }

    @Test func theLastHostFinishesTheRelease() {
        var machine = RollingRelease(hostname: "b")
        #expect(checks(1, by: &machine, release("a", "b", index: 1), changed) == [.finish])
    }

    @Test func aReleasePastItsEndIsFinishedByAnybody() {
        var machine = RollingRelease(hostname: "x")
        #expect(checks(1, by: &machine, release("a", index: 1), changed) == [.finish])
    }

    @Test func anUnreachableNextHostIsSkippedAtTheFourthCheck() {
        var machine = RollingRelease(hostname: "a")
        var observation = changed
        observation.nextIsReachable = false
        #expect(checks(4, by: &machine, release("a", "b", "c", index: 0), observation) == [nil, nil, nil, .advance(to: 2)])
    }

    @Test func anUnreachableLastHostEndsTheReleaseAtTheFourthCheck() {
        var machine = RollingRelease(hostname: "a")
        var observation = changed
        observation.nextIsReachable = false
        #expect(checks(4, by: &machine, release("a", "b", index: 0), observation) == [nil, nil, nil, .finish])
    }

    @Test func anAnswerOfTheNextHostInBetweenIsEnough() {
        var machine = RollingRelease(hostname: "a")
        var observation = changed
        observation.nextIsReachable = false
        #expect(checks(3, by: &machine, release("a", "b", "c", index: 0), observation) == [nil, nil, nil])
        #expect(checks(1, by: &machine, release("a", "b", "c", index: 0), changed) == [.advance(to: 1)])
    }

    @Test func othersPassByAHostThatDiedInItsTurn() {
        var machine = RollingRelease(hostname: "b")
        var observation = changed
        observation.currentIsReachable = false
        #expect(checks(4, by: &machine, release("a", "b", "c", index: 0), observation) == [nil, nil, nil, .advance(to: 1)])
    }

    @Test func othersLeaveAHostThatAnswersAlone() {
        var machine = RollingRelease(hostname: "b")
        #expect(checks(20, by: &machine, release("a", "b", index: 0), changed) == Array(repeating: nil, count: 20))
    }

    @Test func theCountOfSilenceBeginsAnewWithEachTurn() {
        var machine = RollingRelease(hostname: "c")
        var observation = changed
        observation.currentIsReachable = false
        _ = checks(3, by: &machine, release("a", "b", "c", index: 0), observation)
        #expect(checks(3, by: &machine, release("a", "b", "c", index: 1), observation) == [nil, nil, nil])
    }

    @Test func aServerThatDoesNotServeWithTheTargetRollsTheReleaseBack() {
        var machine = RollingRelease(hostname: "a")
        let failing = RollingRelease.Observation(state: .notServing, runsOurConfiguration: true)
        let actions = checks(7, by: &machine, release("a", "b", index: 0), failing)
        #expect(actions == [nil, nil, nil, nil, nil, nil, .rollBack(reason: "a is not serving with the new configuration")])
    }

    @Test func patienceBeginsAnewWhenTheServerServesInBetween() {
        var machine = RollingRelease(hostname: "a")
        let failing = RollingRelease.Observation(state: .notServing, runsOurConfiguration: true)
        var flapping = changed
        flapping.nextIsReachable = false
        _ = checks(6, by: &machine, release("a", "b", index: 0), failing)
        _ = checks(1, by: &machine, release("a", "b", index: 0), flapping, from: .seconds(60))
        #expect(checks(6, by: &machine, release("a", "b", index: 0), failing, from: .seconds(70)) == Array(repeating: nil, count: 6))
    }

    @Test func nothingRollsWithoutARelease() {
        var machine = RollingRelease(hostname: "a")
        #expect(checks(2, by: &machine, nil, changed) == [nil, nil])
        #expect(checks(2, by: &machine, release(index: 0), changed) == [nil, nil])
    }

    @Test func aServerThatCannotEvenStartRollsTheReleaseBack() {
        var machine = RollingRelease(hostname: "a")
        let absent = RollingRelease.Observation(state: .latent, runsOurConfiguration: false)
        #expect(
            checks(7, by: &machine, release("a", "b", index: 0), absent).last == .rollBack(reason: "a is latent with the new configuration")
        )
    }

    @Test func aServerThatMustNotBeRestartedForLongRollsTheReleaseBack() {
        var machine = RollingRelease(hostname: "a")
        let held = RollingRelease.Observation(state: .serving, runsOurConfiguration: false)
        let actions = checks(25, by: &machine, release("a", "b", index: 0), held)
        #expect(actions.dropLast().allSatisfy { $0 == nil })
        guard case .rollBack = actions.last ?? nil else {
            Issue.record("\(actions)")
            return
        }
    }
}
