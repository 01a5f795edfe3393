import AppModel
import HTTPTypes
import Hummingbird
import NIOCore
import ResourceModel

/// `/ping`, `/metrics`, `/v2/info`, `/v2/leader` and what else is not about apps (contracts/marathon.md §6.3-§6.5).
struct SystemAPI: Sendable {
    let term: LeaderTerm
    let configuration: Configuration

    /// Sorts after 1.3.0: clients switch features on it.
    static let version = "1.3.13"

    func respond(_ route: Route, _ call: APICall) async throws -> Response {
        switch (route, call.method) {
        case (.index, .get), (.index, .head): return Response(status: .found, headers: [.location: "/ui/"])
        case (.ui, .get), (.ui, .head): return page()
        case (.ping, .get), (.ping, .head): return call.text("pong\n")
        case (.metrics, .get): return JSONBody.response(await metrics())
        case (.info, .get): return JSONBody.response(await info())
        case (.leader, .get): return JSONBody.response(["leader": .string(configuration.advertisedAddress)])
        case (.leader, .delete):
            term.abdicate()
            return JSONBody.response(["message": "Leadership abdicated"])
        case (.eventSubscriptions, _):
            throw APIError(
                400,
                "http event callback system is not running on this Marathon instance. Please re-start this instance with \"--event_subscriber http_callback\"."
            )
        case (.plugins, .get): return JSONBody.response(["plugins": []])
        case (.logging, .get): return JSONBody.response(["ROOT": "info"])
        default: throw APIError.methodNotAllowed
        }
    }

    private func page() -> Response {
        let html = """
            <!DOCTYPE html><html><head><title>Marathon</title></head><body><h1>Marathon</h1>
            <ul><li><a href="/v2/apps">Apps</a></li><li><a href="/v2/tasks">Tasks</a></li>
            <li><a href="/v2/deployments">Deployments</a></li><li><a href="/v2/queue">Queue</a></li>
            <li><a href="/v2/info">Info</a></li></ul></body></html>
            """
        return Response(status: .ok, headers: [.contentType: "text/html"], body: .init(byteBuffer: ByteBuffer(string: html)))
    }

    private func info() async -> JSONValue {
        [
            "name": .string(configuration.frameworkName), "version": .string(Self.version), "buildref": "unknown",
            "elected": true, "leader": .string(configuration.advertisedAddress), "frameworkId": JSONValue(await term.frameworkID),
            "marathon_config": marathonConfig,
            "zookeeper_config": [
                "zk": .string(configuration.zooKeeperURL), "zk_timeout": Self.milliseconds(configuration.operationTimeout),
                "zk_session_timeout": Self.milliseconds(configuration.sessionTimeout),
                "zk_max_versions": JSONValue(configuration.maximumVersions),
            ], "event_subscriber": .null, "http_config": ["http_port": JSONValue(configuration.httpPort), "https_port": 8443],
        ]
    }

    private var marathonConfig: JSONValue {
        [
            "master": .string(configuration.masterURL), "failover_timeout": .int(Int64(configuration.failoverTimeout)),
            "framework_name": .string(configuration.frameworkName), "ha": true, "checkpoint": .bool(configuration.checkpoint),
            "local_port_min": JSONValue(configuration.localPorts.lowerBound),
            "local_port_max": JSONValue(configuration.localPorts.upperBound), "executor": "//cmd",
            "hostname": .string(configuration.hostname), "webui_url": JSONValue(configuration.webUIURL),
            "mesos_role": JSONValue(configuration.mesosRole),
            "task_launch_timeout": Self.milliseconds(configuration.taskLaunchTimeout), "task_reservation_timeout": 20_000,
            "reconciliation_initial_delay": Self.milliseconds(configuration.reconciliationInitialDelay),
            "reconciliation_interval": Self.milliseconds(configuration.reconciliationInterval),
            "mesos_user": .string(configuration.mesosUser),
            "leader_proxy_connection_timeout_ms": Self.milliseconds(configuration.leaderProxyConnectionTimeout),
            "leader_proxy_read_timeout_ms": Self.milliseconds(configuration.leaderProxyReadTimeout),
            "features": JSONValue(configuration.features.sorted()),
            "mesos_leader_ui_url": JSONValue(configuration.mesosLeaderUIURL),
        ]
    }

    private static func milliseconds(_ duration: Duration) -> JSONValue { .int(duration.wholeMilliseconds) }

    private func metrics() async -> JSONValue {
        let state = await term.snapshot()
        let uptime = (Timestamp.now - ProcessStart.time).wholeMilliseconds
        let leading = (Timestamp.now - term.began).wholeMilliseconds
        let gauges: [(String, Int64)] = [
            ("app.count", Int64(state.tree.apps.count)), ("group.count", Int64(state.tree.groups.count)), ("uptime", uptime),
            ("leaderDuration", leading), ("task.running.count", Int64(state.instances.values.count { $0.isRunning })),
            ("task.staged.count", Int64(state.instances.values.count { $0.state == .staging })),
            ("core.task.update.impl.ThrottlingTaskStatusUpdateProcessor.queued", 0),
            ("core.task.update.impl.ThrottlingTaskStatusUpdateProcessor.processing", 0),
            ("state.GroupManager.queued", 0), ("state.GroupManager.processing", 0),
        ]
        return [
            "version": "3.0.0",
            "gauges": .object(
                JSONObject(gauges.map { ("service.mesosphere.marathon.\($0.0)", ["value": .int($0.1)]) })), "counters": [:],
            "histograms": [:], "meters": [:], "timers": [:],
        ]
    }
}

/// When this process first asked.
enum ProcessStart {
    static let time = Timestamp.now
}
