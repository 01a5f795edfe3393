import EnsembleModel
import Testing

/// When the running server stops or starts again, contracts/exhibitor.md §8, §10, §13.2.
struct RestartPlannerTests {
    /// Member 1 of three, serving.
    private func planner(
        _ list: String, host: String = "a", id: Int? = 1, isServing: Bool = true, live: Membership? = membership("1:a,2:b,3:c"),
        change: RestartPlanner.Change = .none, start: StartPlan = .keep, imposed: Bool = false, others: Set<String> = ["b", "c"]
    ) -> RestartPlanner.Decision {
        RestartPlanner(
            hostname: host, wanted: ServerList(parsing: list), isImposed: imposed, runningID: id, isServing: isServing, live: live,
            change: change, start: start, othersServing: others
        ).decision
    }

    private func isWait(_ decision: RestartPlanner.Decision) -> Bool {
        if case .wait = decision { true } else { false }
    }

    private func isRestart(_ decision: RestartPlanner.Decision) -> Bool {
        if case .restart = decision { true } else { false }
    }

    private func isStop(_ decision: RestartPlanner.Decision) -> Bool {
        if case .stop = decision { true } else { false }
    }

    @Test func aChangeOfTheListAloneRestartsNobody() {
        #expect(planner("1:a,3:c,4:n") == .keep)
        #expect(planner("1:a,2:b,3:c,O:4:n") == .keep)
    }

    @Test func aVoterThatTheListLeavesOutGoesOnUntilItIsReleased() {
        #expect(isWait(planner("2:b,3:c")))
        #expect(isStop(planner("2:b,3:c", live: membership("2:b,3:c", version: 8))))
    }

    @Test func anObserverThatTheListLeavesOutStopsAtOnce() {
        #expect(isStop(planner("2:b,3:c", live: membership("O:1:a,2:b,3:c"))))
    }

    @Test func aHostWithANewIDGoesOnUntilItsOldOneIsReleased() {
        #expect(isWait(planner("4:a,2:b,3:c")))
        #expect(isRestart(planner("4:a,2:b,3:c", live: membership("2:b,3:c", version: 8))))
    }

    @Test func anOperatorsChangeForAllRestartsAtOnce() {
        #expect(isRestart(planner("1:a,2:b,3:c", change: .atOnce, others: [])))
    }

    @Test func oneByOneMeansUnderTheLockAndOnlyWhenAMajorityIsLeft() {
        #expect(planner("1:a,2:b,3:c", change: .oneByOne) == .restartUnderLock("its configuration has changed"))
        #expect(isWait(planner("1:a,2:b,3:c", change: .oneByOne, others: ["b"])))
    }

    @Test func aServerThatServesNothingHasNothingToLoseByARestart() {
        #expect(isRestart(planner("1:a,2:b,3:c", isServing: false, change: .oneByOne, others: [])))
    }

    @Test func aServerThatRunsAloneGoesOnUntilItCanBecomeAnEnsemble() {
        #expect(planner("1:a,2:b", id: nil, live: nil, start: .wait("b is silent")) == .wait("b is silent"))
        #expect(isRestart(planner("1:a,2:b", id: nil, live: nil, start: .members(members("1:a")))))
        #expect(planner("1:a", id: nil, live: nil, start: .standalone) == .keep)
    }

    @Test func imposedMembersRestartThoseWithinAndStopThoseOutside() {
        #expect(isRestart(planner("1:a", start: .imposed(membership("1:a")), imposed: true)))
        #expect(isStop(planner("1:a,2:b", host: "b", id: 2, start: .wait("until they serve"), imposed: true)))
    }

    @Test func membersThatWereOnlyWrittenAreWrittenAnewWhenTheListHasChanged() {
        let written = membership("1:a,2:b,3:c", version: 0)
        #expect(isRestart(planner("1:a,2:b,4:n", isServing: false, live: written, start: .members(members("1:a,2:b,4:n")))))
        #expect(planner("1:a,2:b,4:n", isServing: true, live: written, start: .members(members("1:a,2:b,4:n"))) == .keep)
    }
}
