import Glibc
import LocalCluster
import Testing

/// The faults an operator fears, on a cluster of three masters and two agents made of real processes.
@Suite("A cluster survives", .serialized)
struct FaultTests {
    /// Runs a fault with an app of three instances up, and checks what must hold after every fault: the same tasks run, each
    /// once; a deployment works; every DNS server answers.
    private func surviving(
        _ fault: (TestCluster, Set<String>) async throws -> Void
    ) async throws {
        try await TestCluster.withCluster { cluster in
            try await cluster.deploy("/testing", instances: 3)
            let tasks = try await cluster.settled("/testing", instances: 3)
            try await cluster.eventually("three processes run") { cluster.sleepers().count == 3 }
            let processes = cluster.sleepers()
            for address in cluster.layout.masterAddresses {
                try await cluster.eventually("\(address) knows the app") {
                    await cluster.resolve("testing.marathon.mesos", at: address)?.isEmpty == false
                }
            }

            try await fault(cluster, tasks)

            #expect(try await cluster.settled("/testing", instances: 3) == tasks, "the same tasks run")
            #expect(cluster.sleepers() == processes, "no task was lost, doubled or started anew")
            try await cluster.deploy("/after", instances: 2)
            try await cluster.settled("/after", instances: 2)
            #expect(cluster.sleepers().count == 5)
            for address in cluster.layout.masterAddresses {
                try await cluster.eventually("\(address) answers") {
                    guard await cluster.resolve("after.marathon.mesos", at: address)?.isEmpty == false else { return false }
                    return await cluster.resolve("testing.marathon.mesos", at: address)?.isEmpty == false
                }
            }
        }
    }

    @Test("kill -9 of the leading Mesos master: another leads, nothing is lost")
    func masterKilled() async throws {
        try await surviving { cluster, _ in
            let leader = try #require(await cluster.leadingMaster())
            try await cluster.signal(SIGKILL, "m\(leader)-mesos-master")
            try await cluster.eventually("another master leads") {
                guard let now = await cluster.leadingMaster() else { return false }
                return now != leader
            }
        }
    }

    @Test("SIGTERM of the leading Mesos master: another leads without waiting for a session to expire")
    func masterTerminated() async throws {
        try await surviving { cluster, _ in
            let leader = try #require(await cluster.leadingMaster())
            try await cluster.signal(SIGTERM, "m\(leader)-mesos-master")
            try await cluster.eventually("another master leads", within: .milliseconds(3500)) {
                guard let now = await cluster.leadingMaster() else { return false }
                return now != leader
            }
        }
    }

    @Test("kill -9 of the leading Marathon in the middle of a deployment: the next one finishes it")
    func marathonKilled() async throws {
        try await surviving { cluster, _ in
            let leader = try #require(await cluster.leadingMarathon())
            try await cluster.deploy("/growing", instances: 12)
            try await cluster.signal(SIGKILL, "m\(leader)-marathon")
            try await cluster.settled("/growing", instances: 12)
            #expect(cluster.sleepers().count == 15)
            try await cluster.deploy("/growing", instances: 0)
            try await cluster.settled("/growing", instances: 0)
            try await cluster.eventually("they are gone") { cluster.sleepers().count == 3 }
        }
    }

    @Test("kill -9 of a Mesos-DNS: the others answer all the time, it comes back")
    func dnsKilled() async throws {
        try await surviving { cluster, _ in
            try await cluster.signal(SIGKILL, "m1-mesos-dns")
            for _ in 0..<20 {
                for address in cluster.layout.masterAddresses.dropFirst() {
                    #expect(await cluster.resolve("testing.marathon.mesos", at: address, timeout: .seconds(2))?.isEmpty == false)
                }
            }
        }
    }

    @Test("kill -9 of an agent: its tasks run on under the same ids, their records stay")
    func agentKilled() async throws {
        try await surviving { cluster, _ in
            let before = await cluster.resolve("testing.marathon.mesos", at: cluster.layout.masterAddresses[0])
            try await cluster.crash("a1-mesos-agent")
            #expect(await cluster.resolve("testing.marathon.mesos", at: cluster.layout.masterAddresses[0]) == before)
        }
    }

    @Test("kill -9 of the leading ZooKeeper server: the ensemble goes on, Exhibitor starts it again")
    func zooKeeperLeaderKilled() async throws {
        try await surviving { cluster, _ in
            let leader = try #require(try await zooKeeperLeader(cluster))
            let old = try #require(cluster.zooKeeperPID(leader))
            kill(old, SIGKILL)
            try await cluster.eventually("it runs again") { cluster.zooKeeperPID(leader).map { $0 != old } ?? false }
        }
    }

    @Test("two of three ZooKeeper servers away: everything waits, no task dies, all resumes with the quorum")
    func quorumLost() async throws {
        try await surviving { cluster, tasks in
            for master in [2, 3] {
                // A stopped manager does not start its server again.
                try await cluster.signal(SIGSTOP, "m\(master)-exhibitor")
                if let pid = cluster.zooKeeperPID(master) { kill(pid, SIGKILL) }
            }
            try await cluster.eventually("nobody leads without a quorum") { await cluster.leadingMaster() == nil }
            for address in cluster.layout.masterAddresses {
                #expect(
                    await cluster.resolve("testing.marathon.mesos", at: address, timeout: .seconds(2))?.isEmpty == false,
                    "records are served from memory")
            }
            #expect(cluster.sleepers().count == 3)
            for master in [2, 3] { try await cluster.signal(SIGCONT, "m\(master)-exhibitor") }
            try await cluster.eventually("somebody leads again") { await cluster.leadingMaster() != nil }
        }
    }

    @Test("a leading master that was stopped past its session timeout never leads on: it redirects to the new leader")
    func masterPaused() async throws {
        try await surviving { cluster, _ in
            let leader = try #require(await cluster.leadingMaster())
            let address = cluster.layout.masterAddresses[leader - 1]
            try await cluster.signal(SIGSTOP, "m\(leader)-mesos-master")
            try await cluster.eventually("another master leads") {
                guard let now = await cluster.leadingMaster() else { return false }
                return now != leader
            }
            try await cluster.signal(SIGCONT, "m\(leader)-mesos-master")
            // From its first breath on: whatever it answers, it is not an answer of a leader.
            for _ in 0..<50 {
                if let answer = await cluster.request("GET", "http://\(address):5050/state", timeout: .seconds(2)) {
                    #expect(answer.status == 307 || answer.status == 503)
                }
            }
        }
    }

    @Test("a leading Marathon that was stopped past its session timeout cannot write any more")
    func marathonPaused() async throws {
        try await surviving { cluster, _ in
            let leader = try #require(await cluster.leadingMarathon())
            let address = cluster.layout.masterAddresses[leader - 1]
            try await cluster.signal(SIGSTOP, "m\(leader)-marathon")
            try await cluster.eventually("another Marathon leads") {
                guard let now = await cluster.leadingMarathon() else { return false }
                return now != leader
            }
            try await cluster.deploy("/meanwhile", instances: 1)
            try await cluster.settled("/meanwhile", instances: 1)
            try await cluster.signal(SIGCONT, "m\(leader)-marathon")
            // What it accepts now it must have proxied to the leader: everybody sees it.
            try await cluster.eventually("it answers") {
                await cluster.request(
                    "PUT", "http://\(address):8080/v2/apps/meanwhile?force=true", body: TestCluster.app("/meanwhile", instances: 0)
                )
                .map { (200...201).contains($0.status) } ?? false
            }
            try await cluster.settled("/meanwhile", instances: 0)
            try await cluster.eventually("it is gone") { cluster.sleepers().count == 3 }
        }
    }

    private func zooKeeperLeader(_ cluster: TestCluster) async throws -> Int? {
        for (index, address) in cluster.layout.masterAddresses.enumerated() {
            let answer = await cluster.request("GET", "http://\(address):8181/exhibitor/v1/cluster/state")
            if let answer, answer.body.contains("\"isLeader\":true") { return index + 1 }
        }
        return nil
    }
}
