import EnsembleModel
import Testing

/// With which members a server starts, contracts/exhibitor.md §9 and §13.2.
struct StartPlannerTests {
    private let three = members("1:a,2:b,3:c")

    private func expectWait(_ planner: StartPlanner, _ part: String, sourceLocation: SourceLocation = #_sourceLocation) {
        guard case .wait(let reason) = planner.plan, reason.contains(part) else {
            Issue.record("\(planner.plan) does not wait for \(part)", sourceLocation: sourceLocation)
            return
        }
    }

    // MARK: - Without a list

    @Test func aHostThatNobodyManagesRunsAlone() {
        #expect(StartPlanner(hostname: "a", wanted: []).plan == .standalone)
    }

    @Test func nothingStartsWhileAKnownSizeIsNotReached() {
        expectWait(StartPlanner(hostname: "a", wanted: [], expectedSize: 3), "server list of 3")
    }

    @Test func aFormerMemberNeverRunsAlone() {
        expectWait(StartPlanner(hostname: "a", wanted: [], wasMember: true), "was a member")
    }

    @Test func aHostOutsideTheListDoesNotStart() {
        expectWait(StartPlanner(hostname: "x", wanted: three, hasData: true), "not in the server list")
    }

    // MARK: - The first start

    @Test func aListOfOneRunsStandalone() {
        #expect(StartPlanner(hostname: "a", wanted: members("1:a")).plan == .standalone)
    }

    @Test func aListOfOneStartsAgainBeforeItsFirstWrite() {
        #expect(StartPlanner(hostname: "a", wanted: members("1:a"), isFormed: true, ranStandalone: true).plan == .standalone)
        expectWait(StartPlanner(hostname: "a", wanted: members("1:a"), isFormed: true), "disk is empty")
    }

    @Test func emptyMembersStartTogetherWithTheWholeList() {
        #expect(StartPlanner(hostname: "a", wanted: three, peers: ["b": emptyPeer, "c": emptyPeer]).plan == .members(three))
    }

    @Test func theFirstStartWaitsForThoseItCannotAsk() {
        var planner = StartPlanner(hostname: "a", wanted: three, peers: ["b": emptyPeer, "c": nil])
        expectWait(planner, "no answer from c")
        planner.waited = StartPlanner.formationPatience
        #expect(planner.plan == .members(three))
    }

    @Test func aMinorityNeverFormsAnEnsemble() {
        expectWait(StartPlanner(hostname: "a", wanted: three, peers: ["b": nil, "c": nil], waited: .seconds(3600)), "b, c")
    }

    @Test func observersDoNotMakeTheMajorityOfAFirstStart() {
        let list = members("1:a,2:b,3:c,O:4:d,O:5:e")
        expectWait(
            StartPlanner(hostname: "a", wanted: list, peers: ["d": emptyPeer, "e": emptyPeer], waited: .seconds(3600)), "b, c")
    }

    // MARK: - Growth of a server that ran alone

    @Test func aServerThatRanAloneBecomesAnEnsembleOfItself() {
        let planner = StartPlanner(
            hostname: "a", wanted: three, hasData: true, ranStandalone: true, peers: ["b": emptyPeer, "c": emptyPeer])
        #expect(planner.plan == .members(members("1:a")))
    }

    @Test func newMembersWaitUntilItServesAsOne() {
        let alone = PeerReport(state: .serving, isLeader: true, hasData: true)
        expectWait(StartPlanner(hostname: "b", wanted: three, peers: ["a": alone, "c": emptyPeer]), "ran alone")
    }

    @Test func thenTheyJoinItAsObserversToBe() {
        #expect(
            StartPlanner(hostname: "b", wanted: three, peers: ["a": serving("1:a", isLeader: true), "c": emptyPeer]).plan
                == .members(members("1:a,O:2:b")))
    }

    // MARK: - Joining

    @Test func aReplacementJoinsTheLiveMembersWithoutAVote() {
        let list = members("1:a,3:c,4:n")
        #expect(
            StartPlanner(hostname: "n", wanted: list, peers: ["a": serving("1:a,2:b,3:c"), "c": serving("1:a,2:b,3:c")]).plan
                == .members(members("1:a,2:b,3:c,O:4:n")))
    }

    @Test func theNewestMembershipAmongThoseThatServeCounts() {
        let list = members("1:a,3:c,4:n")
        #expect(
            StartPlanner(
                hostname: "n", wanted: list, peers: ["a": serving("1:a,2:b,3:c", version: 7), "c": serving("1:a,3:c", version: 8)]
            ).plan == .members(members("1:a,3:c,O:4:n")))
    }

    @Test func anEmptyDiskOfAMemberIsFilledByTheOthers() {
        #expect(
            StartPlanner(hostname: "b", wanted: three, peers: ["a": serving("1:a,2:b,3:c"), "c": serving("1:a,2:b,3:c")]).plan
                == .members(three))
    }

    @Test func aMemberThatMissedAChangeTakesOverTheNewMembers() {
        let list = members("1:a,3:c,4:n")
        #expect(
            StartPlanner(
                hostname: "a", wanted: list, onDisk: membership("1:a,2:b,3:c", version: 7), hasData: true,
                peers: ["c": serving("1:a,3:c,4:n", version: 9), "n": serving("1:a,3:c,4:n", version: 9)]
            ).plan == .members(list))
    }

    @Test func aMemberWithTheCurrentMembersKeepsItsFiles() {
        #expect(
            StartPlanner(
                hostname: "a", wanted: three, onDisk: membership("1:a,2:b,3:c", version: 7), hasData: true,
                peers: ["b": serving("1:a,2:b,3:c"), "c": serving("1:a,2:b,3:c")]
            ).plan == .keep)
    }

    @Test func anIDThatMovedWaitsUntilItsOldHostHasLeft() {
        let list = members("1:a,2:b,3:n")
        let before = StartPlanner(hostname: "n", wanted: list, peers: ["a": serving("1:a,2:b,3:c"), "b": serving("1:a,2:b,3:c")])
        expectWait(before, "id 3 still belongs to c")
        let after = StartPlanner(
            hostname: "n", wanted: list, peers: ["a": serving("1:a,2:b", version: 9), "b": serving("1:a,2:b", version: 9)])
        #expect(after.plan == .members(members("1:a,2:b,O:3:n")))
    }

    @Test func aHostWithANewIDWaitsUntilItsOldOneHasLeft() {
        let list = members("1:a,2:b,4:c")
        let peers: [String: PeerReport?] = ["a": serving("1:a,2:b,3:c"), "b": serving("1:a,2:b,3:c")]
        expectWait(
            StartPlanner(hostname: "c", wanted: list, onDisk: membership("1:a,2:b,3:c"), hasData: true, peers: peers),
            "still member 3")
    }

    @Test func anObserverThatShallVoteStartsAsTheObserverItStillIs() {
        let live = serving("1:a,2:b,O:3:c")
        #expect(
            StartPlanner(
                hostname: "c", wanted: three, onDisk: membership("1:a,2:b,O:3:c"), hasData: true, peers: ["a": live, "b": live]
            ).plan == .keep)
    }

    // MARK: - Restarts while nobody serves

    @Test func afterAPowerCutMembersGoOnWithWhatTheyKnew() {
        let down = PeerReport(state: .down, membership: membership("1:a,2:b,3:c"), hasData: true)
        #expect(
            StartPlanner(
                hostname: "a", wanted: three, onDisk: membership("1:a,2:b,3:c"), hasData: true, peers: ["b": down, "c": down]
            ).plan == .keep)
    }

    @Test func aListThatChangedMeanwhileIsLeftToTheEnsemble() {
        #expect(
            StartPlanner(
                hostname: "a", wanted: members("1:a,3:c,4:n"), onDisk: membership("1:a,2:b,3:c"), hasData: true,
                peers: ["c": nil, "n": emptyPeer]
            ).plan == .keep)
    }

    @Test func aReplacementWaitsWithTheMembersThatAPeerKnows() {
        let down = PeerReport(state: .down, membership: membership("1:a,2:b,3:c"), hasData: true)
        #expect(
            StartPlanner(hostname: "n", wanted: members("1:a,3:c,4:n"), peers: ["a": down, "c": nil]).plan
                == .members(members("1:a,2:b,3:c,O:4:n")))
    }

    @Test func aJoinerThatWasNotAdmittedStaysWithoutAVote() {
        #expect(
            StartPlanner(
                hostname: "n", wanted: members("1:a,3:c,4:n"), onDisk: membership("1:a,2:b,3:c"), hasData: true,
                peers: ["a": nil, "c": nil]
            ).plan == .members(members("1:a,2:b,3:c,O:4:n")))
    }

    @Test func newPortsAreWrittenWhenTheListIsTheSame() {
        var moved = three
        for index in moved.indices { moved[index].connectPort = 12888 }
        #expect(
            StartPlanner(hostname: "a", wanted: moved, onDisk: membership("1:a,2:b,3:c"), hasData: true, peers: [:]).plan
                == .members(moved))
    }

    // MARK: - Empty disks

    @Test func aVoterWithAnEmptyDiskWaitsForAMajorityOfTheOthers() {
        let down = PeerReport(state: .notServing, membership: membership("1:a,2:b,3:c"), hasData: true)
        expectWait(StartPlanner(hostname: "b", wanted: three, peers: ["a": serving("1:a,2:b,3:c"), "c": nil]), "disk is empty")
        expectWait(StartPlanner(hostname: "b", wanted: three, peers: ["a": down, "c": down]), "disk is empty")
    }

    @Test func ofTwoTheOtherHasEverything() {
        let down = PeerReport(state: .notServing, membership: membership("1:a,2:b"), hasData: true)
        #expect(StartPlanner(hostname: "b", wanted: members("1:a,2:b"), peers: ["a": down]).plan == .members(members("1:a,2:b")))
    }

    @Test func anObserverWithAnEmptyDiskNeedsNoMajority() {
        let live = serving("1:a,O:2:b")
        #expect(
            StartPlanner(hostname: "b", wanted: members("1:a,O:2:b"), peers: ["a": live]).plan == .members(members("1:a,O:2:b")))
    }

    @Test func onceAnEnsembleWasFormedNobodyEmptyFoundsOne() {
        expectWait(
            StartPlanner(hostname: "a", wanted: three, isFormed: true, peers: ["b": emptyPeer, "c": emptyPeer], waited: .seconds(3600)),
            "nobody who holds the data")
        expectWait(StartPlanner(hostname: "a", wanted: members("1:a"), isFormed: true), "nobody who holds the data")
    }

    @Test func aFounderThatHasTakenPartInNothingStartsAsBefore() {
        #expect(
            StartPlanner(
                hostname: "a", wanted: three, onDisk: membership("1:a,2:b,3:c", version: 0), peers: ["b": nil, "c": nil]
            ).plan == .keep)
    }

    // MARK: - Servers that ran alone

    @Test func aServerThatRanAloneWaitsForTheWordOfAllOthers() {
        expectWait(
            StartPlanner(hostname: "a", wanted: three, hasData: true, ranStandalone: true, peers: ["b": emptyPeer, "c": nil]),
            "whether c is empty")
    }

    @Test func ofTwoThatRanAloneNeitherIsTheFirstMember() {
        let alone = PeerReport(state: .down, hasData: true)
        expectWait(
            StartPlanner(hostname: "a", wanted: members("1:a,2:b"), hasData: true, ranStandalone: true, peers: ["b": alone]),
            "data of their own")
    }

    @Test func aServerThatRanAloneForThisEnsembleFoundsItThoughItIsEmpty() {
        #expect(StartPlanner(hostname: "a", wanted: members("1:a"), isFormed: true, ranStandalone: true).plan == .standalone)
        #expect(
            StartPlanner(
                hostname: "a", wanted: members("1:a,2:b"), isFormed: true, ranStandalone: true, peers: ["b": emptyPeer]
            ).plan == .members(members("1:a")))
    }

    @Test func theFirstMemberVotesEvenIfItShallObserveLater() {
        #expect(
            StartPlanner(
                hostname: "a", wanted: members("O:1:a,2:b"), hasData: true, ranStandalone: true, peers: ["b": emptyPeer]
            ).plan == .members(members("1:a")))
    }

    @Test func aServerThatRanAlonePutsItsDataAsideToJoinAnEnsemble() {
        #expect(
            StartPlanner(
                hostname: "b", wanted: members("1:a,2:b"), hasData: true, ranStandalone: true, peers: ["a": serving("1:a")]
            ).plan == .membersWithoutOurData(members("1:a,O:2:b")))
    }

    @Test func automaticManagementMakesTheListBeforeAnybodyStarts() {
        expectWait(StartPlanner(hostname: "a", wanted: [], expectedSize: 1), "server list of 1")
    }

    // MARK: - Imposed members

    @Test func imposedMembersWinOverAllThatAreKnown() {
        let old = PeerReport(state: .notServing, membership: membership("1:a,2:b,3:c", version: 9), hasData: true)
        #expect(
            StartPlanner(
                hostname: "a", wanted: three, imposed: members("1:a,2:b"), onDisk: membership("1:a,2:b,3:c"), hasData: true,
                peers: ["b": old]
            ).plan == .imposed(membership("1:a,2:b", version: 10)))
    }

    @Test func emptyHostsDoNotOutvoteThoseWithData() {
        let old = PeerReport(state: .down, membership: membership("1:a,2:b,3:c", version: 9), hasData: true)
        let plan = StartPlanner(hostname: "a", wanted: three, imposed: members("1:a,2:b"), peers: ["b": old, "c": nil]).plan
        guard case .wait = plan else {
            Issue.record("\(plan)")
            return
        }
    }

    @Test func hostsOutsideForgetWhatTheyKnewAndJoin() {
        let planner = StartPlanner(
            hostname: "c", wanted: three, imposed: members("1:a"), onDisk: membership("1:a,2:b,3:c", version: 9), hasData: true,
            peers: ["a": nil, "b": nil])
        expectWait(planner, "imposed members")
        var later = planner
        later.peers = ["a": serving("1:a", version: 8), "b": nil]
        #expect(later.plan == .members(members("1:a,O:3:c")))
    }

    @Test func aNewDiskDoesNotImposeMembersAgain() {
        expectWait(
            StartPlanner(hostname: "a", wanted: three, imposed: members("1:a"), isFormed: true, peers: ["b": nil, "c": nil]),
            "imposed members")
        let live = serving("1:a,2:b,3:c", version: 9)
        #expect(
            StartPlanner(hostname: "a", wanted: three, imposed: members("1:a"), isFormed: true, peers: ["b": live, "c": live]).plan
                == .members(three))
    }

    // MARK: - Votes that are still needed

    @Test func aVoterThatTheListLeavesOutStartsWhileNobodyServes() {
        let down = PeerReport(state: .down, membership: membership("1:a,2:b,3:c"), hasData: true)
        let planner = StartPlanner(
            hostname: "c", wanted: members("1:a,2:b"), onDisk: membership("1:a,2:b,3:c"), hasData: true, peers: ["a": down, "b": nil])
        #expect(planner.plan == .keep)
        var released = planner
        released.peers = ["a": PeerReport(state: .down, membership: membership("1:a,2:b", version: 8), hasData: true), "b": nil]
        expectWait(released, "not in the server list")
        var served = planner
        served.peers = ["a": serving("1:a,2:b,3:c"), "b": serving("1:a,2:b,3:c")]
        expectWait(served, "not in the server list")
    }

    @Test func aHostWithANewIDStartsWithItsOldOneWhileNobodyServes() {
        #expect(
            StartPlanner(
                hostname: "c", wanted: members("1:a,2:b,4:c"), onDisk: membership("1:a,2:b,3:c"), hasData: true,
                peers: ["a": nil, "b": nil]
            ).plan == .keep)
    }
}
