import FoundationEssentials
import Glibc
import Testing
import ZooKeeper

extension EnsembleFaultTests {
    /// contracts/exhibitor.md §17, by row.
    @Suite("does what users judge it by")
    struct ContractTests {
        @Test("Rows 1 and 2: with a static list every host gives the same status, and the list in both forms")
        func staticList() async throws {
            try await NetworkedEnsemble.withEnsemble(store: .fixed([1, 2, 3])) { ensemble in
                let addresses = (1...3).map(ensemble.address)
                var sorted: Set<[HostStatus]> = []
                for host in 1...3 {
                    let status = try #require(await ensemble.status(host))
                    #expect(status.map(\.hostname) == addresses, "in the order of the list")
                    #expect(status.allSatisfy { $0.code == 3 && $0.description == "serving" })
                    #expect(status.count(where: \.isLeader) == 1)
                    sorted.insert(status.sorted { $0.hostname < $1.hostname })
                    #expect(await ensemble.get("cluster/list", host) == ServerListAnswer(servers: addresses, port: 2181))
                    let form = await ensemble.request("GET", "cluster/list", host, accept: "application/x-www-form-urlencoded")
                    #expect(form?.body == "count=3&server0=\(addresses[0])&server1=\(addresses[1])&server2=\(addresses[2])&port=2181")
                }
                #expect(sorted.count == 1)
            }
        }

        @Test("Row 4: a killed follower is back within 15 s with a new pid file; the others go on")
        func killedFollower() async throws {
            try await NetworkedEnsemble.withEnsemble { ensemble in
                let leader = try await ensemble.leader(among: [1, 2, 3])
                let others = [1, 2, 3].filter { $0 != leader }
                try await ensemble.whileWriting(to: [1, 2, 3]) { writer in
                    for follower in others {
                        let healthy = [1, 2, 3].filter { $0 != follower }
                        let (before, pid) = (ensemble.serverPIDs(healthy), ensemble.serverPID(follower))
                        let file = ensemble.stateDirectory(follower) + "/zk.pid"
                        let changed = modificationTime(file)
                        try ensemble.signalServer(follower, SIGKILL)
                        try await ensemble.waitForServer(follower, otherThan: pid, within: .seconds(15))
                        try await ensemble.waitUntil(follower, code: 3, within: .seconds(15))
                        #expect(ensemble.serverPIDs(healthy) == before)
                        #expect(
                            FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) }
                                == ensemble.serverPID(follower).map { "\($0)\n" })
                        #expect(modificationTime(file) != changed)
                        try await writer.waitForProgress()
                    }
                }
                #expect(try await ensemble.leader(among: [1, 2, 3]) == leader)
            }
        }

        private func modificationTime(_ path: String) -> Int {
            var status = Glibc.stat()
            guard stat(path, &status) == 0 else { return 0 }
            return status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
        }

        @Test("Row 5: a manager that crashes and comes back finds its server running; sessions do not notice")
        func restartedManager() async throws {
            try await NetworkedEnsemble.withEnsemble { ensemble in
                let before = ensemble.serverPIDs([1, 2, 3])
                try await ensemble.whileWriting(to: [1, 2, 3]) { writer in
                    for host in 1...3 {
                        try await ensemble.withClient(of: host) { client in
                            try await client.waitUntilConnected(timeout: .seconds(10))
                            let session = client.sessionID
                            try await ensemble.crashExhibitor(host)
                            try await ensemble.powerOn(host)
                            try await ensemble.waitUntil(host, code: 3, within: .seconds(5))
                            #expect(client.sessionID == session && session != nil)
                        }
                    }
                }
                #expect(ensemble.serverPIDs([1, 2, 3]) == before)
                try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(20))
            }
        }

        @Test("Row 6: one of three alone does not serve; with a second one the ensemble is back by itself")
        func lostMajority() async throws {
            try await NetworkedEnsemble.withEnsemble { ensemble in
                try await ensemble.whileWriting(to: [1, 2, 3]) { writer in
                    let lost = [try await ensemble.leader(among: [1, 2, 3])] + [1, 2, 3]
                    let (first, second) = (lost[0], lost[1...].first { $0 != lost[0] } ?? 2)
                    let left = try #require([1, 2, 3].first { $0 != first && $0 != second })
                    writer.excuseBegins()
                    await ensemble.powerOff([first, second])
                    try await ensemble.waitUntil(left, code: HostStatus.notServing, within: .seconds(30))
                    let status = try #require(await ensemble.status(left))
                    for entry in status {
                        #expect(entry.code == (entry.hostname == ensemble.address(left) ? HostStatus.notServing : HostStatus.down))
                        #expect(!entry.isLeader)
                    }
                    try await ensemble.powerOn(second)
                    try await eventually("two serve again", within: .seconds(60)) {
                        let status = await ensemble.status(second) ?? []
                        return status.count { $0.code == 3 } == 2 && status.count(where: \.isLeader) == 1
                    }
                    writer.excuseEnds()
                    try await writer.waitForProgress()
                    try await ensemble.powerOn(first)
                    try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(40))
                }
            }
        }

        @Test("Row 7: a single master serves alone")
        func singleMaster() async throws {
            try await NetworkedEnsemble.withHosts(1, store: .fixed([1])) { ensemble in
                try await ensemble.powerOn(1)
                try await ensemble.waitUntil(1, code: 3, within: .seconds(20))
                #expect(
                    await ensemble.status(1) == [HostStatus(hostname: ensemble.address(1), code: 3, description: "serving", isLeader: true)]
                )
                try await ensemble.whileWriting(to: [1]) { writer in
                    writer.excuseBegins()
                    try ensemble.signalServer(1, SIGKILL)
                    try await ensemble.waitUntil(1, code: 3, within: .seconds(20))
                    writer.excuseEnds()
                }
            }
        }

        @Test("Row 10: with restarts switched off a dead server stays dead, also for the next manager")
        func restartsSwitchedOff() async throws {
            try await NetworkedEnsemble.withHosts(1, store: .fixed([1])) { ensemble in
                try await ensemble.powerOn(1)
                try await ensemble.waitUntil(1, code: 3, within: .seconds(20))
                #expect(await ensemble.get("cluster/set/restarts/false", 1, as: OrderResult.self)?.succeeded == true)
                try ensemble.signalServer(1, SIGKILL)
                try await ensemble.waitUntil(1, code: HostStatus.down, within: .seconds(10))
                try await ensemble.crashExhibitor(1)
                try await ensemble.powerOn(1)
                try await eventually("the next manager answers", within: .seconds(10)) { await ensemble.state(1) != nil }
                // What must not happen has three checks of 2 s to happen.
                let end = ContinuousClock.now + .seconds(6)
                while ContinuousClock.now < end {
                    #expect(ensemble.serverPID(1) == nil)
                    #expect([0, 1].contains(await ensemble.state(1)?.state))
                    try await Task.sleep(for: .milliseconds(200))
                }
                try await ensemble.waitUntil(1, code: HostStatus.down, within: .seconds(2))
                #expect(await ensemble.get("cluster/set/restarts/true", 1, as: OrderResult.self)?.succeeded == true)
                try await ensemble.waitUntil(1, code: 3, within: .seconds(20))
            }
        }

        @Test("Row 11: a changed line reaches every server; of two changes at once exactly one succeeds")
        func changedLine() async throws {
            try await NetworkedEnsemble.withEnsemble { ensemble in
                async let one = ensemble.order("config/set", 1, lines: ["syncLimit": "7"])
                async let two = ensemble.order("config/set", 2, lines: ["syncLimit": "8"])
                let results = try await [one, two]
                #expect(results.count(where: \.succeeded) == 1)
                #expect(
                    results.first { !$0.succeeded }?.message
                        == "It appears that another process has updated the config. Your change was not committed.")
                let value = results[0].succeeded ? "7" : "8"
                try await eventually(
                    "every server has the line", within: .seconds(40), seen: { (1...3).map(ensemble.zooCfg).joined(separator: "--\n") }
                ) {
                    (1...3).allSatisfy { ensemble.zooCfg($0).contains("syncLimit=\(value)\n") }
                }
                try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(60))
            }
        }

        @Test(
            "Row 12: a dead master is replaced by a new host within two minutes; healthy servers are not restarted",
            arguments: LongRun.isWanted ? [true, false] : [true])
        func replacedMaster(isLeader: Bool) async throws {
            try await NetworkedEnsemble.withEnsemble(members: 3, hosts: 4) { ensemble in
                let leader = try await ensemble.leader(among: [1, 2, 3])
                let dead = isLeader ? leader : try #require([1, 2, 3].first { $0 != leader })
                let healthy = [1, 2, 3].filter { $0 != dead }
                let before = ensemble.serverPIDs(healthy)
                try await ensemble.whileWriting(to: [1, 2, 3, 4], members: healthy + [4]) { writer in
                    await ensemble.powerOff([dead])
                    try await ensemble.powerOn(4)
                    try await ensemble.waitUntilConverged(healthy + [4], within: .seconds(120))
                }
                #expect(ensemble.serverPIDs(healthy) == before)
                let ids = [1: 1, 2: 2, 3: 3, 4: 4].filter { $0.key != dead }
                let list = ids.sorted { $0.value < $1.value }.map { "\($0.value):\(ensemble.address($0.key))" }.joined(separator: ",")
                #expect(await ensemble.config(1 == dead ? 2 : 1)?.serversSpec == list)
            }
        }
    }
}
