import EnsembleModel
import FoundationEssentials
import NIOCore

/// Answers for this host and, through their Exhibitors, for the other members of the ensemble.
struct Cluster: Sendable {
    /// An order the operator gives to one host.
    enum Order: String, Sendable, CaseIterable { case start, stop, restart }

    /// The words that may be asked (contracts/exhibitor.md §3).
    static let words: Set = [
        "stat", "ruok", "reqs", "dump", "conf", "cons", "srvr", "wchs", "wchc", "wchp", "mntr", "envi", "dirs", "isro", "hash",
        "crst", "srst",
    ]

    let monitor: ProcessMonitor
    let switches: SwitchStore
    let activityLog: ActivityLog
    let peers: PeerClient
    let configurations: ConfigurationKeeper
    let inspector: ServerInspector
    let timeline: Timeline
    /// What the probes of this host found.
    let warnings: @Sendable () async -> [PreflightWarning]

    // MARK: - This host

    func state() async -> StateBody {
        let status = await monitor.status()
        return StateBody(
            switches: StateBody.Switches(
                restarts: await switches.isOn(.restarts), cleanup: await switches.isOn(.cleanup),
                backups: await switches.isOn(.backups)),
            state: status.state.code, description: status.state.description, isLeader: status.isLeader)
    }

    /// What only a closer look shows.
    func verboseState() async -> VerboseStateBody {
        let state = await state()
        let status = await monitor.status()
        let settings = await monitor.settings
        let findings = await inspector.findings(settings, isRunning: status.state == .serving || status.state == .notServing)
        let vitals = findings.vitals
        let ours = findings.membership?.member(named: settings.hostname)
        return VerboseStateBody(
            switches: state.switches, state: state.state, description: state.description, isLeader: state.isLeader,
            hostname: settings.hostname, serverId: settings.ourServer?.id ?? -1, observer: settings.ourServer?.role == .observer,
            voting: status.state == .serving ? status.mode == .standalone || ours?.role == .standard : nil, mode: status.mode?.rawValue,
            zxid: findings.zxid, connections: vitals?.integer("num_alive_connections"),
            outstanding: vitals?.integer("outstanding_requests"),
            latency: vitals.flatMap { vitals in
                guard let min = vitals.number("min_latency"), let avg = vitals.number("avg_latency"), let max = vitals.number("max_latency")
                else { return nil }
                return VerboseStateBody.Latency(min: min, avg: avg, max: max)
            },
            version: vitals?.version, syncedFollowers: vitals?.integer("synced_followers"), znodes: vitals?.integer("znode_count"),
            watches: vitals?.integer("watch_count"), ephemerals: vitals?.integer("ephemerals_count"),
            dataSize: vitals?.integer("approximate_data_size"), packetsReceived: vitals?.integer("packets_received"),
            packetsSent: vitals?.integer("packets_sent"), pid: status.pid.map(Int.init), uptimeMs: vitals?.integer("uptime"),
            restarts: status.restartCount, runsCurrentSettings: status.runsCurrentSettings,
            configVersion: await configurations.adopted.version, membership: findings.membership?.text,
            membershipVersion: findings.membership.map { String($0.version, radix: 16) }, hasData: findings.hasData,
            clientAddress: settings.ourClientAddress, warnings: await warnings())
    }

    /// The end of the server's own log.
    func serverLog(lines: Int) async -> String {
        let path = await monitor.settings.logDirectory + "/" + LoggingConfiguration.fileName
        let text = try? await ServerThread.run { FileAccess.tail(path, limit: max(1, min(lines, 5000)) * 200) }
        let all = ((text ?? nil) ?? "").split(whereSeparator: \.isNewline)
        return all.suffix(lines).map { "\($0)\n" }.joined()
    }

    func ask(_ word: String) async -> String {
        let word = word.lowercased()
        guard Self.words.contains(word) else { return "* unknown *" }
        return await monitor.ask(word)
    }

    func carryOut(_ order: Order) async -> OperationResult {
        activityLog.add(.info, "The operator asked for: \(order.rawValue)", topic: .operator)
        switch order {
        case .start: await monitor.start()
        case .stop: await monitor.stop()
        case .restart: await monitor.restart()
        }
        return .ok
    }

    func setSwitch(_ name: String, to value: String) async -> OperationResult {
        guard let control = ControlSwitch(lenient: name) else { return .failed("Not found") }
        let isOn = value.lowercased() == "true"
        do {
            try await switches.set(control, to: isOn)
        } catch {
            activityLog.add(.error, "The switch \(control.rawValue) could not be stored: \(error)")
            return .failed("\(error)")
        }
        activityLog.add(.info, "The operator switched \(control.rawValue) \(isOn ? "on" : "off")", topic: .operator)
        if control == .restarts { await monitor.switchRestarts(isOn) }
        return .ok
    }

    // MARK: - The ensemble

    func list() async -> ServerListBody {
        let settings = await monitor.settings
        return ServerListBody(servers: settings.servers.hostnames, port: settings.clientPort)
    }

    /// Every member in the order of the spec; all are asked at the same time.
    func status() async -> [StatusEntry] {
        let settings = await monitor.settings
        let hosts = settings.servers.hostnames
        let entries = await withTaskGroup(of: (Int, StatusEntry).self) { group in
            for (index, host) in hosts.enumerated() {
                group.addTask { (index, await statusEntry(of: host, isOurs: host == settings.hostname)) }
            }
            var entries: [Int: StatusEntry] = [:]
            for await (index, entry) in group { entries[index] = entry }
            return entries
        }
        return hosts.indices.compactMap { entries[$0] }
    }

    /// Every member with what its own instance says about it.
    func verboseStatus() async -> [VerboseStatusEntry] {
        let settings = await monitor.settings
        let others = settings.servers.hostnames.filter { $0 != settings.hostname }
        async let answers = PeerReports(peers: peers).details(of: others)
        let ours = await verboseState()
        let details = await answers
        return settings.servers.servers.map { server in
            let body = server.hostname == settings.hostname ? ours : details[server.hostname] ?? nil
            let state = body.flatMap { ServerState(rawValue: $0.state) } ?? .down
            return VerboseStatusEntry(
                status: StatusEntry(hostname: server.hostname, state: state, isLeader: body?.isLeader ?? false), server: server,
                details: body)
        }
    }

    private func statusEntry(of host: String, isOurs: Bool) async -> StatusEntry {
        if isOurs {
            let status = await monitor.status()
            return StatusEntry(hostname: host, state: status.state, isLeader: status.isLeader)
        }
        guard let body = try? await peers.get("state", from: host, as: StateBody.self), let state = ServerState(rawValue: body.state)
        else { return StatusEntry(hostname: host, state: .down, isLeader: false) }
        return StatusEntry(hostname: host, state: state, isLeader: body.isLeader)
    }

    // MARK: - One host by name

    /// An answer that is an object: ours, or the one of the host's Exhibitor.
    func onHost<Body: Codable & Sendable & Equatable>(
        _ host: String, path: String, locally: () async -> Body
    ) async -> RemoteEnvelope<Body> {
        switch await locate(host) {
        case .here: return RemoteEnvelope(await locally())
        case .unknown: return RemoteEnvelope(failure: "Unknown host")
        case .peer:
            do {
                return RemoteEnvelope(try await peers.get(path, from: host, as: Body.self))
            } catch {
                return RemoteEnvelope(failure: error.description)
            }
        }
    }

    /// An answer that is a string: the envelope holds the JSON text of it, not the string itself.
    func textOnHost(_ host: String, path: String, locally: () async -> String) async -> RemoteEnvelope<String> {
        switch await locate(host) {
        case .here:
            let encoded = try? JSONEncoder().encode(await locally())
            return RemoteEnvelope(String(decoding: encoded ?? Data(), as: UTF8.self))
        case .unknown: return RemoteEnvelope(failure: "Unknown host")
        case .peer:
            do {
                return RemoteEnvelope(String(buffer: try await peers.get(path, from: host)))
            } catch {
                return RemoteEnvelope(failure: error.description)
            }
        }
    }

    private enum Location { case here, peer, unknown }

    /// Only members are asked: the instance must not be a proxy to the whole network.
    private func locate(_ host: String) async -> Location {
        let settings = await monitor.settings
        if host == "localhost" || host == settings.hostname { return .here }
        return settings.servers.server(named: host) == nil ? .unknown : .peer
    }
}
