import Crypto
import EnsembleModel
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import SharedConfiguration

/// `/exhibitor/v1/config/*` (contracts/exhibitor.md §4).
struct ConfigRoutes<Context: RequestContext>: Sendable {
    let cluster: Cluster
    let keeper: EnsembleKeeper
    let headingText: String?
    let allowsModification: Bool
    let hasBackupProvider: Bool

    private static var largestBody: Int { 1 << 20 }

    func add(to group: RouterGroup<Context>) {
        group.serve("get-state", [.get]) { request, _ in try await state(request) }
        group.serve("set", [.post]) { request, context in
            try SameOrigin.check(request)
            return try await commit(request, context, isRolling: false)
        }
        group.serve("set-rolling", [.post]) { request, context in
            try SameOrigin.check(request)
            return try await commit(request, context, isRolling: true)
        }
        group.serve("rollback-rolling", [.get, .post]) { request, _ in
            try SameOrigin.check(request)
            return try JSONResponse.make(await end { $0.withoutRelease(keeping: $0.current) })
        }
        group.serve("force-commit-rolling", [.get, .post]) { request, _ in
            try SameOrigin.check(request)
            return try JSONResponse.make(await end { $0.withoutRelease(keeping: $0.release?.target ?? $0.current) })
        }
        group.serve("history", [.get]) { request, _ in
            try JSONResponse.make(await cluster.configurations.history(limit: request.number("limit") ?? 20))
        }
        // Another instance has written: read now, not at the next poll.
        group.serve("poll", [.get]) { _, _ in
            await cluster.configurations.poll()
            return try JSONResponse.make(OperationResult.ok)
        }
    }

    private func state(_ request: Request) async throws -> Response {
        let adopted = await cluster.configurations.adopted
        let traits = cluster.configurations.store.traits
        let status = await cluster.monitor.status()
        let body = ConfigStateBody(
            version: "v" + ExhibitorVersion.current, running: status.state == .serving || status.state == .notServing,
            backupActive: hasBackupProvider && !traits.isStandalone, standaloneMode: traits.isStandalone, extraHeadingText: headingText,
            nodeMutationsAllowed: allowsModification,
            config: ConfigBody(
                collection: adopted.collection, hostname: cluster.configurations.hostname,
                backupActive: hasBackupProvider && !traits.isStandalone))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(body)
        let tag =
            "\""
            + Insecure.SHA1.hash(data: data).map { byte in
                let digits = String(byte, radix: 16)
                return digits.count < 2 ? "0" + digits : digits
            }.joined() + "\""
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: [.eTag: tag]) }
        return try JSONResponse.make(data, headers: [.eTag: tag])
    }

    private func commit(_ request: Request, _ context: Context, isRolling: Bool) async throws -> Response {
        let buffer = try await request.body.collect(upTo: Self.largestBody)
        let change: ConfigChange
        do {
            change = try JSONDecoder().decode(ConfigChange.self, from: Data(buffer.readableBytesView))
        } catch {
            throw HTTPError(.badRequest, message: "the body must be an object of configuration values: \(error)")
        }
        let seen = await cluster.configurations.adopted
        if let problem = ConfigChange.problem(in: change.applied(to: seen.collection.current)) {
            return try JSONResponse.make(OperationResult.failed(problem))
        }
        let leader = await keeper.leaderName()
        let hasQuorum = await cluster.status().contains { $0.code == ServerState.serving.code }
        let hostname = cluster.configurations.hostname
        let servers = change.applied(to: seen.collection.current).servers
        let withData = hasQuorum ? [] : await keeper.hostsWithData(among: servers.hostnames)
        if hasQuorum, let live = await keeper.liveMembership(), servers != seen.collection.current.servers, !live.mayBecome(servers) {
            return try JSONResponse.make(
                OperationResult.failed("The list must keep a majority of the members \(live.servers): change it in several steps"))
        }
        let refusal =
            isRolling
            ? "Another process has updated the config."
            : "It appears that another process has updated the config. Your change was not committed."
        do {
            try await cluster.configurations.change(seen: seen.collection) { collection in
                let target = change.applied(to: collection.current)
                var changed = collection.withoutRelease(keeping: target)
                if isRolling {
                    let hosts = RollingRelease.order(from: collection.current.servers, to: target.servers, leader: leader)
                    changed.current = collection.current
                    changed.release = .init(target: target, hosts: hosts.isEmpty ? [hostname] : hosts)
                } else if !hasQuorum, target.servers != collection.current.servers, !collection.current.servers.isEmpty {
                    // Nobody is left to agree to other members: the operator's word counts. Those with data go first, so that
                    // empty ones do not outvote them.
                    let holders = ServerList(target.servers.servers.filter { withData.contains($0.hostname) })
                    changed.imposedServers = holders.isEmpty ? target.servers : holders
                    changed.isFormed = false
                }
                return changed
            }
        } catch let error as ConfigurationKeeper.Refusal {
            switch error {
            case .overtaken, .rolling: return try JSONResponse.make(OperationResult.failed(refusal))
            case .fixed, .unreachable: return try JSONResponse.make(OperationResult.failed(error.description))
            }
        }
        cluster.activityLog.add(
            .info, isRolling ? "The operator began a rolling release" : "The operator changed the configuration", topic: .operator)
        await keeper.nudgeOthers()
        return try JSONResponse.make(OperationResult.ok)
    }

    /// Ends a release; OK also when nothing rolls.
    private func end(_ change: @Sendable (ConfigurationCollection) -> ConfigurationCollection) async -> OperationResult {
        do {
            try await cluster.configurations.step { $0.release == nil ? nil : change($0) }
        } catch let error as ConfigurationKeeper.Refusal {
            if case .fixed = error { return .failed(error.description) }
            return .failed("Another process has updated the config.")
        } catch {
            return .failed("\(error)")
        }
        await keeper.nudgeOthers()
        return .ok
    }
}
