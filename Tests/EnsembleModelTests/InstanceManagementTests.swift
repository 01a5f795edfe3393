import EnsembleModel
import Testing

/// The rules and results of contracts/exhibitor.md §9.
struct InstanceManagementTests {
    /// One host's rounds: the list, who is down, who announced himself.
    private struct Host {
        var management: InstanceManagement
        var configuration = InstanceConfiguration()
        var states: [String: ServerState] = [:]
        var hasLeader = true
        var candidates: [String] = []
        var isRolling = false
        var highestID = 0
        var now = Duration.zero

        init(_ hostname: String, _ list: String = "", size: Int = 0, threshold: Int = 0) {
            management = InstanceManagement(hostname: hostname)
            configuration.autoManageInstances = true
            configuration.servers = ServerList(parsing: list)
            configuration.autoManageInstancesFixedEnsembleSize = size
            configuration.observerThreshold = threshold
            configuration.autoManageInstancesSettlingPeriodMs = 0
            for host in configuration.servers.hostnames { states[host] = .serving }
        }

        var observation: InstanceManagement.Observation {
            .init(
                configuration: configuration, isRolling: isRolling, ourState: .serving, states: states, hasLeader: hasLeader,
                candidates: candidates, highestID: highestID)
        }

        mutating func rounds(_ count: Int) -> InstanceManagement.Decision {
            var decision = InstanceManagement.Decision.nothing
            for _ in 0..<count {
                now += .seconds(60)
                decision = management.round(observation, at: now)
            }
            return decision
        }

        /// The list that is stored after `InstanceManagement.downRounds` rounds; nil: nothing changes.
        mutating func list() -> String? {
            guard rounds(InstanceManagement.downRounds) == .change else { return nil }
            return management.proposal(for: observation)?.description
        }
    }

    @Test func aNewHostTakesThePlaceOfADeadOneWithANewID() {
        var host = Host("n", "1:a,2:b,3:c", size: 3)
        host.states["b"] = .down
        #expect(host.list() == "1:a,3:c,4:n")
    }

    @Test func anIDIsNotUsedAgainWhileTheHighestOneWasInTheOldList() {
        var host = Host("n", "1:a,2:b,9:c", size: 3)
        host.states["c"] = .down
        #expect(host.list() == "1:a,2:b,10:n")
    }

    @Test func beyondTheThresholdANewHostBecomesAnObserver() {
        var host = Host("n", "1:a,2:b,3:c", size: 4, threshold: 3)
        #expect(host.list() == "1:a,2:b,3:c,O:4:n")
    }

    @Test func aThresholdOfZeroMeansNoObservers() {
        var host = Host("n", "1:a,2:b,3:c", size: 4, threshold: 0)
        #expect(host.list() == "1:a,2:b,3:c,4:n")
    }

    @Test func theLastMemberAliveOfAFlexibleEnsembleChangesNothing() {
        var host = Host("a", "1:a,2:b,3:c")
        for peer in ["a", "b", "c"] { host.states[peer] = .down }
        #expect(host.list() == nil)
    }

    @Test func aFullEnsembleStaysAsItIs() {
        var host = Host("n", "1:a,2:b,3:c", size: 3)
        #expect(host.rounds(5) == .wait("the ensemble has its configured size of 3"))
        #expect(host.management.proposal(for: host.observation) == nil)
    }

    @Test func aMemberOfAFixedEnsembleLeavesTheDeadToWhoeverReplacesThem() {
        var host = Host("a", "1:a,2:b,3:c", size: 3)
        host.states["b"] = .down
        #expect(host.list() == nil)
    }

    @Test func aMemberOfAFlexibleEnsembleDropsTheDead() {
        var host = Host("a", "1:a,2:b,3:c")
        host.states["b"] = .down
        #expect(host.list() == "1:a,3:c")
    }

    @Test func aShortEnsembleTakesAHostInAtOnce() {
        var host = Host("n", "1:a,2:b", size: 3)
        #expect(host.rounds(1) == .change)
        #expect(host.management.proposal(for: host.observation)?.description == "1:a,2:b,3:n")
    }

    @Test func oneOrTwoRoundsWithoutAnAnswerAreNoDeath() {
        var host = Host("n", "1:a,2:b,3:c", size: 3)
        host.states["b"] = .down
        #expect(host.rounds(2) == .wait("the ensemble has its configured size of 3"))
        host.states["b"] = .serving
        #expect(host.rounds(1) != .change)
        host.states["b"] = .down
        #expect(host.rounds(2) != .change)
        #expect(host.rounds(1) == .change)
    }

    @Test func aServerThatIsUpWithoutQuorumIsNotDown() {
        var host = Host("n", "1:a,2:b,3:c", size: 3)
        host.states["b"] = .notServing
        #expect(host.list() == nil)
    }

    @Test func theDeadAreKeptWhenFewerThanAMajorityOfTheOldVotersServe() {
        var host = Host("n", "1:a,2:b,3:c", size: 3)
        host.states["b"] = .down
        host.states["c"] = .down
        #expect(host.list() == nil)
    }

    @Test func observersDoNotCountForThatMajority() {
        var host = Host("n", "1:a,2:b,3:c,O:4:d,O:5:e", size: 5)
        host.states["b"] = .down
        host.states["c"] = .down
        #expect(host.list() == nil)
        host.states["c"] = .serving
        #expect(host.list() == "1:a,3:c,O:4:d,O:5:e,6:n")
    }

    @Test func theFirstListIsWrittenOnceAllCandidatesAreThere() {
        var host = Host("b", size: 3)
        host.candidates = ["b", "c"]
        #expect(host.rounds(3) == .wait("2 of 3 candidates for the ensemble are present"))
        host.candidates = ["c", "a", "b"]
        #expect(host.rounds(1) == .change)
        #expect(host.management.proposal(for: host.observation)?.description == "1:a,2:b,3:c")
    }

    @Test func everyCandidateProposesTheSameFirstList() {
        let lists = ["a", "b", "c"].map { name in
            var host = Host(name, size: 3)
            host.candidates = ["c", "b", "a"]
            return host.list()
        }
        #expect(Set(lists) == ["1:a,2:b,3:c"])
    }

    @Test func surplusCandidatesAreLeftOutOfTheFirstList() {
        var host = Host("d", size: 3)
        host.candidates = ["a", "b", "c", "d"]
        #expect(host.list() == "1:a,2:b,3:c")
    }

    @Test func nothingHappensWhileAReleaseRolls() {
        var host = Host("n", "1:a,2:b", size: 3)
        host.isRolling = true
        #expect(host.rounds(5) == .nothing)
    }

    @Test func nothingHappensWhileItIsSwitchedOff() {
        var host = Host("n", "1:a,2:b", size: 3)
        host.configuration.autoManageInstances = false
        #expect(host.rounds(5) == .nothing)
    }

    @Test func withoutALeaderOnlyAllAtOnceChangesGoOn() {
        var host = Host("n", "1:a,2:b", size: 3)
        host.hasLeader = false
        host.configuration.autoManageInstancesApplyAllAtOnce = false
        #expect(host.rounds(5) == .wait("automatic instance management waits for a leader"))
        host.configuration.autoManageInstancesApplyAllAtOnce = true
        #expect(host.rounds(1) == .change)
    }

    @Test func theSettlingPeriodBeginsAnewWithEachChangeOfAState() {
        var host = Host("n", "1:a,2:b", size: 3)
        host.configuration.autoManageInstancesSettlingPeriodMs = 90_000
        let wait = InstanceManagement.Decision.wait("automatic instance management waits for the ensemble to settle")
        #expect(host.rounds(1) == wait)
        host.states["b"] = .notServing
        #expect(host.rounds(2) == wait)
        #expect(host.rounds(1) == .change)
    }

    @Test func whatIsProposedUnderTheLockRestsOnTheListStoredThen() {
        var host = Host("n", "1:a,2:b,3:c", size: 3)
        host.states["b"] = .down
        #expect(host.rounds(3) == .change)
        // Somebody else was faster.
        host.configuration.servers = ServerList(parsing: "1:a,3:c,4:m")
        host.states["m"] = .latent
        #expect(host.management.proposal(for: host.observation) == nil)
    }

    @Test func theSettlingPeriodOfTheFirstListEnds() {
        var host = Host("a", size: 1)
        host.candidates = ["a"]
        host.configuration.autoManageInstancesSettlingPeriodMs = 90_000
        #expect(host.rounds(1) != .change)
        #expect(host.rounds(2) == .change)
    }

    @Test func anIDThatAnyListEverHadIsNotUsedAgain() {
        var host = Host("n", "1:a,2:b", size: 3)
        host.highestID = 6
        #expect(host.rounds(1) == .change)
        #expect(host.management.proposal(for: host.observation)?.description == "1:a,2:b,7:n")
    }
}
