import AppModel
import ResourceModel

/// The health check that goes to the agent with a task (contracts/marathon.md §11, §14).
enum HealthCheckBuilder {
    /// Mesos takes one: the first that the agent performs. Nil when there is none.
    static func healthCheck(of app: AppDefinition, ports: TaskPorts) -> HealthCheckInfo? {
        guard let check = app.healthChecks.first(where: \.isPerformedByAgent) else { return nil }
        var info = HealthCheckInfo()
        info.grace_period_seconds = Double(check.gracePeriodSeconds)
        info.interval_seconds = Double(check.intervalSeconds)
        info.timeout_seconds = Double(check.timeoutSeconds)
        info.consecutive_failures = check.maxConsecutiveFailures
        info.delay_seconds = Double(check.delaySeconds ?? (check.protocol == .command ? 0 : 15))
        switch check.protocol {
        case .mesosHTTP, .mesosHTTPS:
            guard let port = ports.port(of: check, app: app) else { return nil }
            info.type = "HTTP"
            info.http = HealthCheckInfo.HTTP(
                port: port, path: check.path ?? "/", scheme: check.protocol == .mesosHTTPS ? "https" : "http")
        case .mesosTCP:
            guard let port = ports.port(of: check, app: app) else { return nil }
            info.type = "TCP"
            info.tcp = HealthCheckInfo.TCP(port: port)
        case .command:
            info.type = "COMMAND"
            info.command = CommandInfo(shell: check.command ?? "")
        case .http, .https, .tcp: return nil
        }
        return info
    }
}
