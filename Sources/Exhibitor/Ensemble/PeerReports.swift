import EnsembleModel

/// Asks the Exhibitors of other members how their servers are.
struct PeerReports: Sendable {
    let peers: PeerClient

    /// Nil for a host that does not answer; all are asked at the same time.
    func reports(of hosts: some Sequence<String>) async -> [String: PeerReport?] {
        await details(of: hosts).mapValues { $0?.report }
    }

    func details(of hosts: some Sequence<String>) async -> [String: VerboseStateBody?] {
        let hosts = Set(hosts)
        return await withTaskGroup(of: (String, VerboseStateBody?).self) { group in
            for host in hosts {
                group.addTask {
                    (host, try? await peers.get("state?verbose=true", from: host, as: VerboseStateBody.self))
                }
            }
            var details: [String: VerboseStateBody?] = [:]
            for await (host, body) in group { details[host] = .some(body) }
            return details
        }
    }
}
