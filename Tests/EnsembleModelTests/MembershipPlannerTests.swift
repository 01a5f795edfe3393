import EnsembleModel
import Testing

/// The order of reconfigurations, contracts/exhibitor.md §13.2.
struct MembershipPlannerTests {
    private func step(
        live: String, wanted: String, serving: Set<String>, leader: String = "a"
    ) -> MembershipPlanner.Step {
        MembershipPlanner(live: membership(live), wanted: members(wanted), serving: serving, leader: leader).step
    }

    @Test func nothingIsDoneWhenTheEnsembleIsWhatTheListSays() {
        #expect(step(live: "1:a,2:b,3:c", wanted: "3:c,2:b,1:a", serving: ["a", "b", "c"]) == .none)
        #expect(step(live: "1:a,2:b,3:c", wanted: "", serving: ["a", "b", "c"]) == .none)
    }

    @Test func aDeadMemberIsReplacedByOneReconfiguration() {
        let step = step(live: "1:a,2:b,3:c", wanted: "1:a,3:c,4:n", serving: ["a", "c", "n"])
        #expect(step == .reconfigure(joining: members("4:n"), leaving: [2]))
    }

    @Test func aJoinerIsAwaitedBeforeTheDeadLeave() {
        #expect(
            step(live: "1:a,2:b,3:c", wanted: "1:a,3:c,4:n", serving: ["a", "c"]) == .wait("waiting for n to join"))
    }

    @Test func joinersComeOneByOne() {
        let step = step(live: "1:a", wanted: "1:a,2:b,3:c", serving: ["a", "b", "c"])
        #expect(step == .reconfigure(joining: members("2:b"), leaving: []))
    }

    @Test func growthFromOneToTwoNeedsTheJoiner() {
        #expect(step(live: "1:a", wanted: "1:a,2:b", serving: ["a"]) == .wait("waiting for b to join"))
    }

    @Test func theDeadLeaveBeforeTheLivingAndTheLeaderLast() {
        let all: Set = ["a", "b", "c", "d", "e"]
        #expect(
            step(live: "1:a,2:b,3:c,4:d,5:e", wanted: "4:d,5:e", serving: all.subtracting(["c"])) == .reconfigure(joining: [], leaving: [3])
        )
        #expect(step(live: "1:a,2:b,4:d,5:e", wanted: "4:d,5:e", serving: all) == .reconfigure(joining: [], leaving: [2]))
        #expect(step(live: "1:a,4:d,5:e", wanted: "4:d,5:e", serving: all) == .reconfigure(joining: [], leaving: [1]))
    }

    @Test func nobodyLeavesWhenTheRestWouldHaveNoMajority() {
        guard case .wait = step(live: "1:a,2:b,3:c", wanted: "1:a,2:b", serving: ["a", "c"]) else {
            Issue.record("2 voters of which 1 serves")
            return
        }
    }

    @Test func theLastVoterDoesNotLeave() {
        guard case .wait = step(live: "1:a,O:2:b", wanted: "O:2:b", serving: ["a", "b"]) else {
            Issue.record("an ensemble of observers")
            return
        }
    }

    @Test func anObserverLeavesBeforeItComesBackAsAVoter() {
        #expect(
            step(live: "1:a,O:2:b", wanted: "1:a,2:b", serving: ["a", "b"]) == .reconfigure(joining: [], leaving: [2]))
        #expect(step(live: "1:a", wanted: "1:a,2:b", serving: ["a", "b"]) == .reconfigure(joining: members("2:b"), leaving: []))
    }

    @Test func aVoterBecomesAnObserverInOneStep() {
        #expect(
            step(live: "1:a,2:b,3:c", wanted: "1:a,2:b,O:3:c", serving: ["a", "b", "c"])
                == .reconfigure(joining: members("O:3:c"), leaving: []))
    }

    @Test func anIDThatMovesToAnotherHostLeavesItsOldOneFirst() {
        #expect(
            step(live: "1:a,2:b,3:c", wanted: "1:a,2:b,3:n", serving: ["a", "b", "c"]) == .reconfigure(joining: [], leaving: [3]))
        #expect(step(live: "1:a,2:b", wanted: "1:a,2:b,3:n", serving: ["a", "b"]) == .wait("waiting for n to join"))
    }

    @Test func aJoinerComesAloneWhenTheLeaverIsNeededForTheMajority() {
        // b and n serve beside a; d is dead. Taking c (alive) out at once would leave a, b and n of four: enough.
        #expect(
            step(live: "1:a,2:b,3:c,4:d", wanted: "1:a,2:b,4:d,5:n", serving: ["a", "c", "n"])
                == .reconfigure(joining: members("5:n"), leaving: []))
    }

    @Test func aHostThatGetsAnotherIDLeavesFirst() {
        #expect(
            step(live: "1:a,2:b,3:c", wanted: "1:a,2:b,4:c", serving: ["a", "b", "c"]) == .reconfigure(joining: [], leaving: [3]))
    }

    @Test func aLoneVoterWithAnotherIDIsReplacedOnceAnotherVotes() {
        #expect(step(live: "1:a", wanted: "3:a,2:b", serving: ["a", "b"]) == .reconfigure(joining: members("2:b"), leaving: []))
        #expect(step(live: "1:a,2:b", wanted: "3:a,2:b", serving: ["a", "b"]) == .reconfigure(joining: [], leaving: [1]))
    }

    @Test func aLoneVoterBecomesAnObserverOnceAnotherVotes() {
        #expect(
            step(live: "1:a", wanted: "O:1:a,2:b", serving: ["a", "b"]) == .reconfigure(joining: members("2:b"), leaving: []))
    }

    @Test func theDeadLeaveFirstWhenTheyStandInTheWayOfAJoiner() {
        #expect(
            step(live: "1:a,2:b,3:c", wanted: "1:a,O:4:c", serving: ["a", "c"]) == .reconfigure(joining: [], leaving: [2]))
    }

    @Test func aListThatNamesAnIDTwiceIsLeftAlone() {
        guard case .wait = step(live: "1:a", wanted: "1:a,2:b,2:c", serving: ["a", "b", "c"]) else {
            Issue.record("two hosts with one id")
            return
        }
    }
}
