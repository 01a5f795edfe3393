import EnsembleModel
import FoundationEssentials

extension NetworkedEnsemble {
    /// Every one of the hosts says the same: exactly these are members of list and ensemble, all serve, one leads,
    /// nothing rolls, and every server runs with the configuration of its host.
    nonisolated func waitUntilConverged(_ hosts: [Int], within deadline: Duration) async throws {
        try await eventually("hosts \(hosts) serve as one ensemble", within: deadline, seen: { await self.summary(hosts) }) {
            await self.isConverged(hosts)
        }
    }

    private nonisolated func isConverged(_ hosts: [Int]) async -> Bool {
        let wanted = Set(hosts.map(address))
        var answers: Set<Set<HostStatus>> = []
        for host in hosts {
            guard let status = await status(host), let state = await state(host), let config = await config(host) else { return false }
            answers.insert(Set(status))
            guard Set(status.map(\.hostname)) == wanted, status.count == hosts.count, status.allSatisfy({ $0.code == HostStatus.serving }),
                status.count(where: \.isLeader) == 1, state.runsCurrentSettings, !config.rollInProgress
            else { return false }
            // A server that runs alone has no members to tell.
            if hosts.count > 1 {
                guard let live = state.membership.flatMap({ Membership(parsing: $0) }),
                    live.servers == ServerList(parsing: config.serversSpec)
                else { return false }
            }
        }
        return answers.count == 1
    }

    nonisolated func summary(_ hosts: [Int]) async -> String {
        var parts: [String] = []
        for host in hosts {
            let state = await state(host)
            let status = await status(host)?.map { "\($0.hostname):\($0.code)\($0.isLeader ? "*" : "")" }.joined(separator: " ")
            parts.append(
                "host \(host) sees [\(status ?? "no answer")], members \(state?.membership.flatMap { Membership(parsing: $0) }.map { "\($0.servers)" } ?? "-"), list \(await config(host)?.serversSpec ?? "-"), \(await config(host)?.rollStatus ?? "-"), current settings \(state?.runsCurrentSettings.description ?? "-")"
            )
        }
        return parts.joined(separator: "; ")
    }

    /// The host whose server leads, asked on its own host.
    nonisolated func leader(among hosts: [Int], within deadline: Duration = .seconds(30)) async throws -> Int {
        let end = ContinuousClock.now + deadline
        while ContinuousClock.now < end {
            for host in hosts { if await state(host)?.isLeader == true { return host } }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Failure(description: "no leader among \(hosts) within \(deadline)")
    }

    nonisolated func waitUntil(_ host: Int, code: Int, within deadline: Duration) async throws {
        try await eventually(
            "host \(host) has code \(code)", within: deadline, seen: { "\((await self.state(host))?.state.description ?? "no answer")" }
        ) {
            await self.state(host)?.state == code
        }
    }

    nonisolated func waitForServer(_ host: Int, otherThan pid: Int32?, within deadline: Duration = .seconds(30)) async throws {
        try await eventually("host \(host) has a new server", within: deadline) {
            self.serverPID(host).map { $0 != pid } ?? false
        }
    }

    nonisolated func zooCfg(_ host: Int) -> String {
        String(decoding: FileManager.default.contents(atPath: configDirectory(host) + "/zoo.cfg") ?? Data(), as: UTF8.self)
    }
}
