import Testing

extension EnsembleFaultTests {
    @Suite("comes through a cut network")
    struct PartitionTests {
        @Test(
            "1|2: those two go on, the one stops serving, and all is one again when the cut heals",
            arguments: LongRun.isWanted ? [true, false] : [true])
        func oneOfThree(isLeader: Bool) async throws {
            try await NetworkedEnsemble.withEnsemble { ensemble in
                let leader = try await ensemble.leader(among: [1, 2, 3])
                let alone = isLeader ? leader : try #require([1, 2, 3].first { $0 != leader })
                try await cut(ensemble, [alone], from: [1, 2, 3].filter { $0 != alone }, of: [1, 2, 3])
            }
        }

        @Test("a formation of five, then 2|3: the three go on")
        func twoOfFive() async throws {
            try await NetworkedEnsemble.withEnsemble(members: 5) { ensemble in
                let leader = try await ensemble.leader(among: Array(1...5))
                let minority = [leader, leader % 5 + 1]
                try await cut(ensemble, minority, from: (1...5).filter { !minority.contains($0) }, of: Array(1...5))
            }
        }

        @Test("a member that is cut off is replaced by a spare host; when it is back it does not serve beside the others")
        func replacedWhileCutOff() async throws {
            try await NetworkedEnsemble.withEnsemble(members: 3, hosts: 4) { ensemble in
                let alone = try await ensemble.leader(among: [1, 2, 3])
                let members = [1, 2, 3].filter { $0 != alone } + [4]
                try await ensemble.whileWriting(to: [1, 2, 3, 4], members: members) { writer in
                    try await ensemble.network.partition([[alone], members])
                    try await ensemble.powerOn(4)
                    try await ensemble.waitUntilConverged(members, within: .seconds(120))
                    #expect(await ensemble.state(alone)?.state != HostStatus.serving)
                    try await ensemble.network.heal()
                    try await eventually("the server that was replaced is stopped", within: .seconds(40)) {
                        ensemble.serverPID(alone) == nil
                    }
                    try await writer.waitForProgress(500)
                    try await ensemble.waitUntilConverged(members, within: .seconds(20))
                }
            }
        }

        private func cut(_ ensemble: NetworkedEnsemble, _ minority: [Int], from majority: [Int], of all: [Int]) async throws {
            let list = await ensemble.config(majority[0])?.serversSpec
            try await ensemble.whileWriting(to: all) { writer in
                try await ensemble.network.partition([minority, majority])
                for host in minority { try await ensemble.waitUntil(host, code: HostStatus.notServing, within: .seconds(30)) }
                let leader = try await ensemble.leader(among: majority)
                try await writer.waitForProgress(1000)
                for host in minority { #expect(await ensemble.state(host)?.isLeader == false) }
                for host in majority { #expect(await ensemble.state(host)?.state == HostStatus.serving) }
                try await ensemble.network.heal()
                try await ensemble.waitUntilConverged(all, within: .seconds(60))
                #expect(try await ensemble.leader(among: all) == leader)
            }
            #expect(await ensemble.config(majority[0])?.serversSpec == list, "nobody was replaced")
        }
    }
}
