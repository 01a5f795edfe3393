import EnsembleModel
import Testing
import ZooKeeper

extension EnsembleFaultTests {
    @Suite("changes its size by the operator's word")
    struct GrowthTests {
        private func list(_ ensemble: NetworkedEnsemble, _ hosts: [Int]) -> [String: String] {
            ["serversSpec": hosts.map { "\($0):\(ensemble.address($0))" }.joined(separator: ",")]
        }

        @Test("from 1 to 3 and back to 1; the data stays")
        func growAndShrink() async throws {
            try await NetworkedEnsemble.withHosts(3, store: .file(isManaged: false)) { ensemble in
                try await ensemble.powerOn(1)
                try await eventually("the first Exhibitor answers", within: .seconds(20)) { await ensemble.state(1) != nil }
                #expect(try await ensemble.order("config/set", 1, list(ensemble, [1])).succeeded)
                try await ensemble.waitUntilConverged([1], within: .seconds(40))
                try await ensemble.withClient(of: 1) { client in try await client.createWithParents("/kept/alone") }
                for host in 2...3 { try await ensemble.powerOn(host) }
                for host in 2...3 {
                    try await eventually("host \(host) answers", within: .seconds(20)) { await ensemble.state(host) != nil }
                }
                #expect(try await ensemble.order("config/set", 1, list(ensemble, [1, 2, 3])).succeeded)
                try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(90))
                for host in 1...3 {
                    let stat = try await ensemble.withClient(of: host) { client in
                        try await client.sync("/kept")
                        return try await client.exists("/kept/alone")
                    }
                    #expect(stat != nil)
                }
                try await ensemble.whileWriting(to: [1, 2, 3], members: [1]) { writer in
                    // Two at once would leave nobody who surely has every acknowledged write.
                    #expect(try await !ensemble.order("config/set", 1, list(ensemble, [1])).succeeded)
                    #expect(try await ensemble.order("config/set", 1, list(ensemble, [1, 2])).succeeded)
                    try await ensemble.waitUntilConverged([1, 2], within: .seconds(60))
                    #expect(try await ensemble.order("config/set", 1, list(ensemble, [1])).succeeded)
                    try await ensemble.waitUntilConverged([1], within: .seconds(60))
                    for host in 2...3 {
                        try await eventually("the server of host \(host) is stopped", within: .seconds(30)) {
                            ensemble.serverPID(host) == nil
                        }
                    }
                }
            }
        }

        @Test("and a list it sets while the quorum is gone is imposed; those left out do not serve when they come back")
        func imposedList() async throws {
            try await NetworkedEnsemble.withEnsemble { ensemble in
                try await ensemble.whileWriting(to: [1, 2, 3]) { _ in }
                let data = try await ensemble.written(1)
                await ensemble.powerOff([2, 3])
                try await ensemble.waitUntil(1, code: HostStatus.notServing, within: .seconds(30))
                let result = try await ensemble.order("config/set", 1, list(ensemble, [1]).merging(["autoManageInstances": "0"]) { $1 })
                #expect(result.succeeded, "\(result.message)")
                try await ensemble.waitUntilConverged([1], within: .seconds(60))
                #expect(try await ensemble.written(1) == data)
                for host in 2...3 { try await ensemble.powerOn(host) }
                for host in 2...3 {
                    try await eventually("host \(host) answers", within: .seconds(20)) { await ensemble.state(host) != nil }
                }
                let end = ContinuousClock.now + .seconds(10)
                while ContinuousClock.now < end {
                    for host in 2...3 { #expect(await ensemble.state(host)?.state != HostStatus.serving) }
                    try await Task.sleep(for: .milliseconds(500))
                }
                #expect(await ensemble.state(1)?.state == HostStatus.serving)
                // They join again as the operator says, with his ensemble's data.
                try await ensemble.withClient(of: 1) { client in try await client.createWithParents("/kept/imposed") }
                #expect(try await ensemble.order("config/set", 1, list(ensemble, [1, 2, 3])).succeeded)
                try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(90))
                for host in 1...3 {
                    #expect(try await ensemble.written(host) == data)
                    #expect(try await ensemble.withClient(of: host) { try await $0.exists("/kept/imposed") } != nil)
                }
            }
        }
    }
}
