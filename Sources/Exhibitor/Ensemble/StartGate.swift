import EnsembleModel

/// Gathers what `StartPlanner` needs before each start of our server, and repairs data that the server cannot load.
struct StartGate: Sendable {
    struct Result: Sendable {
        var plan: StartPlan
        var notes: [(ActivityLog.Kind, String)] = []
    }

    private struct Facts: Sendable {
        var membership: Membership?
        var hasData: Bool
        var ranStandalone: Bool
        var wasMember: Bool
        var appliedImposedServers: String?
    }

    let hostname: String

    /// - Parameters:
    ///   - lastWords: the end of the log of the server that ran before and gave up by itself.
    ///   - waited: since the first attempt of this start.
    ///   - ask: how the Exhibitors of other hosts are.
    func plan(
        _ settings: ZooKeeperSettings, lastWords: String?, waited: Duration,
        ask: @Sendable ([String]) async -> [String: PeerReport?]
    ) async -> Result {
        let files = ServerFiles(settings: settings)
        let gathered = try? await ServerThread.run {
            Facts(
                membership: files.membership, hasData: files.hasData, ranStandalone: files.ranStandalone, wasMember: files.wasMember,
                appliedImposedServers: files.appliedImposedServers)
        }
        guard var facts = gathered else { return Result(plan: .wait("the manager ends")) }
        let wanted = settings.members
        let imposed = settings.imposedServers.flatMap { $0.description == facts.appliedImposedServers ? nil : $0 }
        var planner = StartPlanner(
            hostname: hostname, wanted: wanted, imposed: imposed.map { settings.members(of: $0) } ?? [], isFormed: settings.isFormed,
            onDisk: facts.membership, hasData: facts.hasData, ranStandalone: facts.ranStandalone, wasMember: facts.wasMember,
            expectedSize: settings.expectedSize, waited: waited)
        var result = Result(plan: .standalone)
        let cannotLoad = lastWords?.contains("Unable to load database on disk") ?? false
        let knowsItsPlace = imposed == nil && facts.hasData && facts.membership.map { $0.servers == settings.servers } ?? false
        // A member that knows the others needs nobody's word: after a power cut all start at once.
        if !wanted.isEmpty, cannotLoad || !knowsItsPlace {
            let known = Set(wanted.map(\.hostname) + (imposed?.hostnames ?? []) + (facts.membership?.members.map(\.hostname) ?? []))
                .subtracting([hostname])
            planner.peers = await ask(Array(known))
            // A member that the list leaves out may be one of the majority.
            let further = Set(planner.peers.values.compactMap { $0?.membership }.flatMap(\.members).map(\.hostname))
                .subtracting(known).subtracting([hostname])
            if !further.isEmpty { planner.peers.merge(await ask(Array(further))) { first, _ in first } }
        }
        if cannotLoad, let live = quorumWithoutUs(planner.peers) {
            do {
                let moved = try await ServerThread.run { try files.setDataAside(label: "damaged-\(UInt32.random(in: 0...UInt32.max))") }
                result.notes.append(
                    (
                        .error,
                        "The data of this server cannot be loaded; it copies the leader's anew. The old data: \(moved.joined(separator: ", "))"
                    ))
                facts.hasData = false
                planner.hasData = false
                planner.onDisk = live.member(named: hostname) == nil ? nil : planner.onDisk
            } catch {
                result.notes.append((.error, "The damaged data of this server could not be moved aside: \(error)"))
            }
        }
        result.plan = planner.plan
        return result
    }

    /// The membership of a quorum that serves without this server: everything acknowledged is on its members.
    private func quorumWithoutUs(_ peers: [String: PeerReport?]) -> Membership? {
        let serving = peers.filter { $0.value?.state == .serving }
        guard let live = serving.values.compactMap({ $0?.membership }).max(by: { $0.version < $1.version }) else { return nil }
        let voters = live.voters.filter { $0.hostname != hostname && serving[$0.hostname] != nil }.count
        return voters >= live.majority ? live : nil
    }
}
