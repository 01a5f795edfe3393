import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import ResourceModel
import TaskProcess

/// Carries out a task's health check: a command in the sandbox, an HTTP request or a TCP connection.
struct HealthChecker: Sendable {
    let oneShot: OneShot
    let http: HTTPClient
    /// Where the task's ports are.
    let ip: String

    /// Checks until cancelled or until the task is to be killed.
    /// - Parameters:
    ///   - specification: how the task itself was started: its directory, environment and rights.
    ///   - healthy: what was known before the agent was restarted.
    func run(
        _ info: HealthCheckInfo, specification: ShimSpecification, healthy: Bool?,
        report: @Sendable (HealthCheckMachine.Action) async -> Void
    ) async {
        var machine = HealthCheckMachine(info, start: .now, healthy: healthy)
        while !Task.isCancelled {
            do { try await Task.sleep(until: machine.nextCheck) } catch { return }
            let success = await check(info, specification, timeout: machine.timeout)
            guard !Task.isCancelled else { return }
            for action in machine.result(healthy: success, now: .now) {
                await report(action)
                if action == .kill { return }
            }
        }
    }

    private func check(_ info: HealthCheckInfo, _ task: ShimSpecification, timeout: Duration) async -> Bool {
        // The type, where it is given, says which of several is meant.
        switch (info.type, info.command, info.http, info.tcp) {
        case ("COMMAND", let command?, _, _), (nil, let command?, _, _): return await check(command: command, task, timeout: timeout)
        case ("HTTP", _, let request?, _), (nil, nil, let request?, _): return await check(request, task, timeout: timeout)
        case ("TCP", _, _, let tcp?), (nil, nil, nil, let tcp?): return await check(tcp, timeout: timeout)
        default: return true
        }
    }

    private func check(command: CommandInfo, _ task: ShimSpecification, timeout: Duration) async -> Bool {
        guard let parsed = try? TaskCommand(command) else { return false }
        var specification = task
        specification.executable = parsed.executable
        specification.arguments = parsed.arguments
        specification.standardOutput = nil
        specification.standardError = nil
        let own = command.environment?.variables ?? []
        let names = Set(own.map(\.name))
        specification.environment =
            task.environment.filter { !names.contains(String($0.prefix { $0 != "=" })) } + own.map { "\($0.name)=\($0.value)" }
        return await oneShot.run(specification, timeout: timeout) == .code(0)
    }

    private func check(_ check: HealthCheckInfo.HTTP, _ task: ShimSpecification, timeout: Duration) async -> Bool {
        var path = check.path ?? "/"
        if !path.hasPrefix("/") { path = "/" + path }
        var request = HTTPClientRequest(url: "\(check.scheme ?? "http")://\(ip):\(check.port)\(path)")
        request.headers.add(name: "User-Agent", value: "mesos-agent")
        request.headers.add(name: "Connection", value: "close")
        if check.scheme == "https" { return await checkTLS(request.url, check.statuses, task, timeout: timeout) }
        guard let response = try? await http.execute(request, timeout: .nanoseconds(Int64(timeout / .nanoseconds(1)))) else {
            return false
        }
        return Self.isHealthy(Int(response.status.code), check.statuses)
    }

    /// With curl, as in the original: a task's certificate need not name its address and is not verified.
    private func checkTLS(_ url: String, _ statuses: [Int], _ task: ShimSpecification, timeout: Duration) async -> Bool {
        let script = #"""
            code=$(curl -s -L -k -g -o /dev/null -w '%{http_code}' -- "$1") || exit 1
            shift
            [ $# -gt 0 ] || { [ "$code" -ge 200 ] && [ "$code" -lt 400 ]; exit; }
            for status; do [ "$code" = "$status" ] && exit 0; done
            exit 1
            """#
        var specification = task
        specification.executable = "/bin/sh"
        specification.arguments = ["sh", "-c", script, "sh", url] + statuses.map { String($0) }
        specification.standardOutput = nil
        specification.standardError = nil
        return await oneShot.run(specification, timeout: timeout) == .code(0)
    }

    /// - statuses: those that the framework calls healthy; empty: 200 to 399.
    static func isHealthy(_ status: Int, _ statuses: [Int]) -> Bool {
        statuses.isEmpty ? (200..<400).contains(status) : statuses.contains(status)
    }

    private func check(_ check: HealthCheckInfo.TCP, timeout: Duration) async -> Bool {
        guard (1...65535).contains(check.port) else { return false }
        let channel = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.nanoseconds(Int64(timeout / .nanoseconds(1))))
            .connect(host: ip, port: check.port).get()
        guard let channel else { return false }
        try? await channel.close().get()
        return true
    }
}
