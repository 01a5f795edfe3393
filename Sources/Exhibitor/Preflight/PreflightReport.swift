import EnsembleModel

/// Judges measurements (contracts/exhibitor.md §16.10). Pure.
///
/// The limits are those at which a ZooKeeper ensemble begins to suffer: it waits for the disk at every write, and for its
/// slowest majority.
struct PreflightReport: Sendable {
    /// Half of the block writes take longer.
    static let slowDisk = Duration.milliseconds(25)
    static let unusableDisk = Duration.milliseconds(250)
    /// Clocks that differ by more confuse logs, tokens and certificates.
    static let clockSkew = Duration.seconds(2)
    static let wildClockSkew = Duration.seconds(60)
    static let fewFiles = 4096
    static let certificateNotice = Duration.seconds(14 * 86_400)

    let measurements: PreflightMeasurements

    /// Failures first; otherwise in a fixed order, so that nothing jumps around on a page.
    var warnings: [PreflightWarning] {
        let all =
            start + identities + measurements.disks.flatMap(disk) + slowSyncs + clocks + measurements.peers.flatMap(ports) + options
            + limits + certificate
        return all.filter { $0.severity == .failed } + all.filter { $0.severity == .warning }
    }

    private func warn(
        _ kind: String, severity: PreflightWarning.Severity = .warning, host: String? = nil, _ text: String, _ action: String
    ) -> PreflightWarning {
        PreflightWarning(kind: kind, severity: severity, hostname: host ?? measurements.hostname, text: text, action: action)
    }

    // MARK: - The server

    private var start: [PreflightWarning] {
        measurements.startProblem.map {
            [warn("start", severity: .failed, "The server cannot be started: \($0)", "Install what is missing.")]
        } ?? []
    }

    private var identities: [PreflightWarning] {
        var warnings: [PreflightWarning] = []
        let servers = measurements.servers.servers
        for (index, server) in servers.enumerated() {
            for earlier in servers[..<index] {
                if earlier.id == server.id {
                    warnings.append(
                        warn(
                            "duplicate-id", severity: .failed, host: server.hostname,
                            "\(earlier.hostname) and \(server.hostname) have the same id \(server.id)", "Give each member an id of its own."
                        ))
                }
                if earlier.hostname == server.hostname {
                    warnings.append(
                        warn(
                            "duplicate-id", severity: .failed, host: server.hostname, "\(server.hostname) is in the list of servers twice",
                            "Remove one of the entries \(earlier.id) and \(server.id)."))
                }
            }
        }
        let ours = measurements.servers.server(named: measurements.hostname)
        if let ours, let identity = measurements.identity, measurements.state != .latent, Int(identity) != ours.id {
            warnings.append(
                warn(
                    "duplicate-id", severity: .failed, "myid holds \"\(identity)\", but this host is member \(ours.id)",
                    "Restart the server: the file is written anew. Look for a second server with the same data directory."))
        }
        for peer in measurements.peers {
            guard let id = peer.serverID, id > 0, let listed = measurements.servers.server(named: peer.hostname), listed.id != id else {
                continue
            }
            warnings.append(
                warn(
                    "duplicate-id", host: peer.hostname, "\(peer.hostname) considers itself member \(id), the list here says \(listed.id)",
                    "Give all members the same list of servers."))
        }
        return warnings
    }

    private var options: [PreflightWarning] {
        var warnings: [PreflightWarning] = []
        if measurements.extraLines.contains(where: { $0.key == "leaderServes" && $0.value.lowercased() == "no" }) {
            warnings.append(
                warn(
                    "leader-serves",
                    "leaderServes=no: the leader answers \"not currently serving\", so it looks unhealthy and is restarted",
                    "Remove leaderServes from the additional configuration."))
        }
        let voters = measurements.servers.voters.count
        if voters > 1, voters.isMultiple(of: 2) {
            warnings.append(
                warn(
                    "config", "\(voters) voting members tolerate no more failures than \(voters - 1)",
                    "Add one member, or make one an observer."))
        }
        return warnings
    }

    private var limits: [PreflightWarning] {
        var warnings: [PreflightWarning] = []
        if let limit = measurements.openFileLimit, limit < Self.fewFiles {
            warnings.append(
                warn(
                    "open-files", "The server may open \(limit) files; every connection of a client is one",
                    "Raise LimitNOFILE of the service to 65536 and restart the server."))
        }
        if let heap = measurements.heapMegabytes, let memory = measurements.memoryMegabytes, heap * 4 > memory * 3 {
            warnings.append(
                warn(
                    "heap", severity: heap > memory ? .failed : .warning,
                    "The server's heap of \(heap) MiB does not fit well into the \(memory) MiB of memory; a server that swaps loses its sessions",
                    "Lower --zk-heap-mb, or ZK_SERVER_HEAP in java.env, to at most half of the memory."))
        }
        return warnings
    }

    private var certificate: [PreflightWarning] {
        guard let left = measurements.certificateLifetime, left < Self.certificateNotice else { return [] }
        let days = Int(left / .seconds(86_400))
        let text =
            left < .zero ? "The TLS certificate of the server has expired" : "The TLS certificate of the server expires in \(days) days"
        return [warn("certificate", severity: left < .zero ? .failed : .warning, text, "Renew it and restart the server.")]
    }

    // MARK: - Disks

    private func disk(_ disk: PreflightMeasurements.Disk) -> [PreflightWarning] {
        latency(disk) + space(disk)
    }

    private func latency(_ disk: PreflightMeasurements.Disk) -> [PreflightWarning] {
        switch disk.sync {
        case nil: return []
        case .failed(let reason):
            return [
                warn(
                    "disk-latency", severity: .failed, "Nothing can be written to \(disk.path): \(reason)", "Repair the disk or its rights."
                )
            ]
        case .took(let durations):
            guard !durations.isEmpty else { return [] }
            let median = durations.sorted()[durations.count / 2]
            guard median >= Self.slowDisk else { return [] }
            return [
                warn(
                    "disk-latency", severity: median >= Self.unusableDisk ? .failed : .warning,
                    "A write to \(disk.path) takes \(Self.milliseconds(median)) ms until it is on the disk; every change of a znode waits for it",
                    "Give the transaction logs a disk of their own, without other writers.")
            ]
        }
    }

    private func space(_ disk: PreflightMeasurements.Disk) -> [PreflightWarning] {
        var warnings: [PreflightWarning] = []
        if let free = disk.free, let total = disk.total {
            let mebibyte: UInt64 = 1 << 20
            let isLow = free < min(total / 10, 5 * 1024 * mebibyte)
            let isCritical = free < min(total / 50, 512 * mebibyte)
            if isLow || isCritical {
                warnings.append(
                    warn(
                        "disk-space", severity: isCritical ? .failed : .warning,
                        "\(free / mebibyte) MiB of \(total / mebibyte) are free for \(disk.path); a server that cannot write its log ends",
                        "Free space, or lower autopurge.snapRetainCount."))
            }
        }
        if let entries = disk.freeEntries, entries < 0.02 {
            warnings.append(
                warn("disk-space", "Almost no file entries (inodes) are free for \(disk.path)", "Remove files from that file system."))
        }
        return warnings
    }

    private var slowSyncs: [PreflightWarning] {
        guard let worst = measurements.slowSyncs.max() else { return [] }
        let count = measurements.slowSyncs.count
        return [
            warn(
                "fsync",
                "The server waited for its disk \(count == 1 ? "once" : "\(count) times") for more than a second in the last 15 minutes, "
                    + "up to \(Self.milliseconds(worst)) ms",
                "Give the transaction logs a disk of their own, without other writers.")
        ]
    }

    // MARK: - The other members

    /// A clock is wrong when it differs from that of most: with us as one of them, the middle offset is the right time.
    private var clocks: [PreflightWarning] {
        let known = measurements.peers.compactMap { peer in peer.clockOffset.map { (peer: peer, offset: $0) } }
        guard !known.isEmpty else { return [] }
        let ours: (host: String, offset: Duration, error: Duration) = (measurements.hostname, .zero, .zero)
        let all = [ours] + known.map { (host: $0.peer.hostname, offset: $0.offset, error: $0.peer.clockError) }
        let sorted = all.map(\.offset).sorted()
        // Between two clocks nobody can tell which is right: ours is taken for it.
        let middle = sorted.count == 2 ? .zero : sorted[sorted.count / 2]
        return all.compactMap { clock in
            let skew = clock.offset > middle ? clock.offset - middle : middle - clock.offset
            guard skew > Self.clockSkew + clock.error else { return nil }
            let direction = clock.offset > middle ? "ahead of" : "behind"
            return warn(
                "clock-skew", severity: skew > Self.wildClockSkew ? .failed : .warning, host: clock.host,
                "The clock of \(clock.host) is \(skew.components.seconds) s \(direction) the others",
                "Synchronise the clocks (chrony, ntpd).")
        }
    }

    private func ports(of peer: PreflightMeasurements.Peer) -> [PreflightWarning] {
        // Nothing of the host is known to run: that its ports are closed is no news.
        guard let state = peer.state else { return [] }
        return peer.ports.compactMap { port in
            let place = "\(peer.hostname):\(port.number) (\(port.purpose.rawValue))"
            switch port.outcome {
            case .open: return nil
            case .silent:
                return warn(
                    "port", severity: .failed, host: peer.hostname,
                    "\(place) does not answer connections from \(measurements.hostname), though the host is up",
                    "Let the packet filter pass TCP port \(port.number) between all members.")
            case .refused:
                guard isExpected(port.purpose, state: state, isLeader: peer.isLeader) else { return nil }
                return warn(
                    "port", severity: .failed, host: peer.hostname,
                    "\(place) refuses connections from \(measurements.hostname), though the server there runs",
                    "Check the address the server listens on, and the packet filter.")
            case .failed(let reason):
                return warn(
                    "port", host: peer.hostname, "\(place) cannot be reached from \(measurements.hostname): \(reason)",
                    "Check name and route.")
            }
        }
    }

    /// Whether a server in that state listens there.
    private func isExpected(_ purpose: PreflightMeasurements.Port.Purpose, state: ServerState, isLeader: Bool) -> Bool {
        switch purpose {
        case .client, .secureClient, .election: state == .serving
        // Only a leader is connected to.
        case .connect: state == .serving && isLeader
        }
    }

    private static func milliseconds(_ duration: Duration) -> Int { Int(duration / .milliseconds(1)) }
}
