import FoundationEssentials
import Glibc
import Testing

extension EnsembleFaultTests {
    @Suite("comes back by itself")
    struct PowerTests {
        @Test("when all power goes off at once and comes on again")
        func allPowerOff() async throws {
            try await NetworkedEnsemble.withEnsemble { ensemble in
                try await ensemble.whileWriting(to: [1, 2, 3]) { writer in
                    writer.excuseBegins()
                    await ensemble.powerOff([1, 2, 3])
                    for host in [3, 1, 2] { try await ensemble.powerOn(host) }
                    try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(60))
                    writer.excuseEnds()
                }
            }
        }

        @Test("when all power goes off, and the share stays away when it comes on", .enabled(if: LongRun.isWanted))
        func allPowerOffWithoutShare() async throws {
            try await NetworkedEnsemble.withEnsemble { ensemble in
                try await ensemble.whileWriting(to: [1, 2, 3]) { writer in
                    writer.excuseBegins()
                    await ensemble.powerOff([1, 2, 3])
                    try ensemble.hideShare()
                    for host in 1...3 { try await ensemble.powerOn(host) }
                    try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(60))
                    writer.excuseEnds()
                    try ensemble.showShare()
                    try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(20))
                }
            }
        }

        @Test("while the share is gone: nothing changes, a restarted manager goes on with its copy, changes are refused")
        func shareGone() async throws {
            try await NetworkedEnsemble.withEnsemble { ensemble in
                let before = ensemble.serverPIDs([1, 2, 3])
                let config = await ensemble.config(1)
                try await ensemble.whileWriting(to: [1, 2, 3]) { writer in
                    try ensemble.hideShare()
                    try await ensemble.crashExhibitor(2)
                    try await ensemble.powerOn(2)
                    try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(20))
                    #expect(await ensemble.config(2)?.serversSpec == config?.serversSpec)
                    #expect(await ensemble.config(2)?.zooCfgExtra == config?.zooCfgExtra)
                    for host in 1...2 {
                        let refused = try await ensemble.order("config/set", host, lines: ["syncLimit": "9"])
                        #expect(!refused.succeeded)
                    }
                    #expect(ensemble.serverPIDs([1, 2, 3]) == before, "no server was restarted")
                    // A dead server comes back without the share.
                    try ensemble.signalServer(3, SIGKILL)
                    try await ensemble.waitForServer(3, otherThan: before[2])
                    try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(30))
                    try ensemble.showShare()
                    let accepted = try await ensemble.order("config/set", 2, ["cleanupMaxFiles": "7"])
                    #expect(accepted.succeeded, "\(accepted.message)")
                    try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(20))
                }
            }
        }

        @Test("when the leading server hangs: the others elect another, and Exhibitor replaces the process", .enabled(if: LongRun.isWanted))
        func hangingLeader() async throws {
            try await NetworkedEnsemble.withEnsemble { ensemble in
                let leader = try await ensemble.leader(among: [1, 2, 3])
                let others = [1, 2, 3].filter { $0 != leader }
                let (before, pid) = (ensemble.serverPIDs(others), ensemble.serverPID(leader))
                try await ensemble.whileWriting(to: [1, 2, 3]) { writer in
                    try ensemble.signalServer(leader, SIGSTOP)
                    _ = try await ensemble.leader(among: others)
                    try await writer.waitForProgress()
                    // 40 s for what hangs, 10 s of grace for SIGTERM.
                    try await ensemble.waitForServer(leader, otherThan: pid, within: .seconds(80))
                    try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(40))
                }
                #expect(ensemble.serverPIDs(others) == before)
            }
        }

        @Test("when all managers hang: the servers do not notice, and nobody is replaced when they go on")
        func hangingManagers() async throws {
            try await NetworkedEnsemble.withEnsemble { ensemble in
                let before = ensemble.serverPIDs([1, 2, 3])
                try await ensemble.whileWriting(to: [1, 2, 3]) { writer in
                    for host in 1...3 { try await ensemble.signalExhibitor(host, SIGSTOP) }
                    try await writer.waitForProgress(2000)
                    for host in 1...3 { try await ensemble.signalExhibitor(host, SIGCONT) }
                    try await ensemble.waitUntilConverged([1, 2, 3], within: .seconds(30))
                }
                #expect(ensemble.serverPIDs([1, 2, 3]) == before)
            }
        }
    }
}

extension NetworkedEnsemble {
    nonisolated func hideShare() throws {
        guard rename(root.shared, root.hiddenShared) == 0 else { throw Failure(description: "the share cannot be moved away") }
    }

    nonisolated func showShare() throws {
        guard rename(root.hiddenShared, root.shared) == 0 else { throw Failure(description: "the share cannot be moved back") }
    }
}
