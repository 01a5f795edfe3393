import EnsembleModel
import Hummingbird
import NIOCore

/// What other parts of the manager know and the metrics tell; nil when there is nothing to tell.
struct MetricsSources: Sendable {
    /// Version of the shared configuration in effect, as its store names it.
    var configVersion: @Sendable () async -> String? = { nil }
    /// When the last backup succeeded, in seconds since the epoch.
    var lastBackup: @Sendable () async -> Int64? = { nil }
    /// The requests that are served, and the streams of events.
    var requests: Admission?
    var streams: Admission?
}

/// `GET /metrics` (contracts/exhibitor.md §16.5), of this host only: a scraper asks every host.
struct MetricsRoutes<Context: RequestContext>: Sendable {
    let cluster: Cluster
    let sources: MetricsSources

    func add(to router: Router<Context>) {
        for path in ["metrics", "exhibitor/v1/metrics"] as [RouterPath] {
            router.serve(path, [.get]) { _, _ in
                Response(
                    status: .ok, headers: [.contentType: PrometheusText.contentType],
                    body: .init(byteBuffer: ByteBuffer(string: await text())))
            }
        }
    }

    private func text() async -> String {
        var metrics = PrometheusText()
        let status = await cluster.monitor.status()
        let settings = await cluster.monitor.settings
        metrics.add(
            "exhibitor_instance_state", .gauge, help: "0 latent, 1 down, 2 not serving, 3 serving",
            labels: ["hostname": settings.hostname], value: status.state.code)
        metrics.add("exhibitor_is_leader", .gauge, help: "1 when our server leads or is alone", value: status.isLeader ? 1 : 0)
        metrics.add(
            "exhibitor_restarts_total", .counter, help: "Restarts of our server by this manager", value: status.restartCount)
        if let version = await sources.configVersion() {
            metrics.add(
                "exhibitor_config_version", .gauge, help: "Changes with the shared configuration in effect",
                labels: ["version": version], value: Self.number(of: version))
        }
        if let time = await sources.lastBackup() {
            metrics.add(
                "exhibitor_backup_last_success_seconds", .gauge, help: "When the last backup succeeded, since the epoch", value: time)
        }
        if let load = sources.requests?.load {
            metrics.add("exhibitor_requests_active", .gauge, help: "HTTP requests that are served", value: load.active)
            metrics.add("exhibitor_requests_waiting", .gauge, help: "HTTP requests that wait for their turn", value: load.waiting)
            metrics.add("exhibitor_requests_refused_total", .counter, help: "HTTP requests answered 503", value: load.refused)
        }
        if let load = sources.streams?.load {
            metrics.add("exhibitor_event_streams", .gauge, help: "Pages that listen to events", value: load.active)
        }
        ServerMetrics.add(await cluster.monitor.ask("mntr"), to: &metrics)
        return metrics.text
    }

    /// A store names its versions by numbers or by any text. Of a text a hash is told: all hosts with the same version tell
    /// the same number.
    static func number(of version: String) -> Int64 {
        Int64(version) ?? Int64(version.utf8.reduce(0x811c_9dc5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 })
    }
}
