import EnsembleTesting
import Exhibitor
import Testing

@Suite(.serialized) struct TestEnsembleTests {
    @Test func aStandaloneServerServes() async throws {
        try await TestEnsemble.withEnsemble(servers: 1) { ensemble in
            #expect(await ensemble.probe(0) == .serving(.standalone))
            let leader = try await ensemble.leaderIndex()
            #expect(leader == 0)
        }
    }

    @Test func threeServersElectALeaderAndSurviveItsDeath() async throws {
        try await TestEnsemble.withEnsemble(servers: 3) { ensemble in
            let leader = try await ensemble.leaderIndex()
            await ensemble.kill(serverIndex: leader)
            let next = try await ensemble.leaderIndex()
            #expect(next != leader)
            try await ensemble.restart(serverIndex: leader)
            #expect(await ensemble.probe(leader) == .serving(.follower))
        }
    }
}
