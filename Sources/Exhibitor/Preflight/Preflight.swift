import EnsembleModel
import NIOPosix
import ServiceLifecycle

/// Looks for trouble before it strikes: measures this host and its way to the other members, at the start and then every
/// minute, and keeps what there is to say (contracts/exhibitor.md §16.10).
///
/// A round costs five small writes per disk, one question to each other Exhibitor and a connection to each client port.
/// The ports of servers among themselves are tried every tenth time, and each time while our server does not serve:
/// a server complains about every connection that says nothing.
actor Preflight: Service {
    private static let rareRounds = 10

    private let monitor: ProcessMonitor
    private let peers: PeerClient
    private let activityLog: ActivityLog
    private let interval: Duration
    private let clock = ContinuousClock()
    private let origin: ContinuousClock.Instant
    private var log = SlowSyncLog()
    private var round = 0

    /// What the last round found; failures first. Empty before the first.
    private(set) var warnings: [PreflightWarning] = []

    init(monitor: ProcessMonitor, peers: PeerClient, activityLog: ActivityLog, interval: Duration = .seconds(60)) {
        self.monitor = monitor
        self.peers = peers
        self.activityLog = activityLog
        self.interval = interval
        origin = clock.now
    }

    /// Measures until the task is cancelled or the service group shuts down.
    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.measure()
                do { try await self.clock.sleep(for: self.interval) } catch { return }
            }
        }
    }

    private func measure() async {
        let settings = await monitor.settings
        let status = await monitor.status()
        let host = HostProbe(settings: settings, pid: status.pid)
        let now = clock.now - origin
        var log = log
        var measurements = PreflightMeasurements(hostname: settings.hostname)
        measurements.servers = settings.servers
        measurements.state = status.state
        // Not on the thread that starts servers: a sick disk may take its time.
        let found = try? await NIOThreadPool.singleton.runIfActive { [measurements, log] in
            var measurements = measurements
            var log = log
            host.measure(into: &measurements)
            if !settings.isBlank { log.follow(settings.logDirectory + "/" + LoggingConfiguration.fileName, at: now) }
            measurements.slowSyncs = log.recent
            return (measurements, log)
        }
        guard let found else { return }
        (measurements, log) = found
        self.log = log
        let includesServerPorts = round % Self.rareRounds == 0 || status.state != .serving
        round += 1
        measurements.peers = await measurePeers(settings, includesServerPorts: includesServerPorts)
        guard !Task.isCancelled else { return }
        publish(PreflightReport(measurements: measurements).warnings)
    }

    private func measurePeers(_ settings: ZooKeeperSettings, includesServerPorts: Bool) async -> [PreflightMeasurements.Peer] {
        let probe = PeerProbe(peers: peers, settings: settings)
        let hosts = settings.servers.hostnames.filter { $0 != settings.hostname }
        return await withTaskGroup(of: (Int, PreflightMeasurements.Peer).self) { group in
            for (index, host) in hosts.enumerated() {
                group.addTask { (index, await probe.measure(host, includesServerPorts: includesServerPorts)) }
            }
            var found: [(Int, PreflightMeasurements.Peer)] = []
            for await peer in group { found.append(peer) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// What is new, and what is over, goes to the activity log; what stays is told once.
    private func publish(_ new: [PreflightWarning]) {
        let before = Set(warnings.map(Topic.init))
        let after = Set(new.map(Topic.init))
        for warning in new where !before.contains(Topic(warning)) {
            activityLog.add(warning.severity == .failed ? .error : .info, "\(warning.text). \(warning.action)", topic: .warning)
        }
        for warning in warnings where !after.contains(Topic(warning)) {
            activityLog.add(.info, "No longer so: \(warning.text)", topic: .warning)
        }
        warnings = new
    }

    /// What a warning is about, whatever the numbers in it are now.
    private struct Topic: Hashable {
        var kind: String
        var hostname: String
        var words: String

        init(_ warning: PreflightWarning) {
            kind = warning.kind
            hostname = warning.hostname
            words = warning.kind == "port" ? warning.text : warning.text.filter { !$0.isNumber }
        }
    }
}
