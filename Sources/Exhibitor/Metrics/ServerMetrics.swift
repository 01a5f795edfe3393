/// The numbers of a server's answer to `mntr` as Prometheus samples (contracts/exhibitor.md §13.4, §16.5).
enum ServerMetrics {
    /// Those that go up and down, whatever their names suggest.
    private static let gauges: Set<String> = [
        "zk_num_alive_connections", "zk_outstanding_requests", "zk_avg_latency", "zk_min_latency", "zk_max_latency",
        "zk_znode_count", "zk_watch_count", "zk_ephemerals_count", "zk_approximate_data_size", "zk_open_file_descriptor_count",
        "zk_max_file_descriptor_count", "zk_quorum_size", "zk_uptime", "zk_learners", "zk_synced_followers",
        "zk_synced_non_voting_followers", "zk_synced_observers", "zk_pending_syncs", "zk_global_sessions", "zk_local_sessions",
        "zk_last_proposal_size", "zk_max_proposal_size", "zk_min_proposal_size",
    ]

    /// One line is `<key>\t<value>`; texts and values that are no number are left out.
    static func add(_ answer: String, to metrics: inout PrometheusText) {
        for line in answer.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "\t", maxSplits: 1)
            guard parts.count == 2, parts[0].hasPrefix("zk_"), let number = Double(parts[1]), number.isFinite else { continue }
            let name = String(parts[0])
            metrics.add(name, kind(of: name), value: String(parts[1]))
        }
    }

    private static func kind(of name: String) -> PrometheusText.Kind {
        if gauges.contains(name) { return .gauge }
        let rest = name.dropFirst(3)
        if ["cnt_", "sum_", "packets_"].contains(where: rest.hasPrefix) { return .counter }
        if ["avg_", "min_", "max_", "p50_", "p95_", "p99_", "p999_"].contains(where: rest.hasPrefix) { return .gauge }
        return .untyped
    }
}
