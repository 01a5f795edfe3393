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
        if let command = info.command { return await check(command: command, task, timeout: timeout) }
        if let request = info.http { return await check(request, timeout: timeout) }
        if let tcp = info.tcp { return await check(tcp, timeout: timeout) }
        return true
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

    private func check(_ check: HealthCheckInfo.HTTP, timeout: Duration) async -> Bool {
        var path = check.path ?? "/"
        if !path.hasPrefix("/") { path = "/" + path }
        var request = HTTPClientRequest(url: "\(check.scheme ?? "http")://\(ip):\(check.port)\(path)")
        request.headers.add(name: "User-Agent", value: "mesos-agent")
        request.headers.add(name: "Connection", value: "close")
        guard let response = try? await http.execute(request, timeout: .nanoseconds(Int64(timeout / .nanoseconds(1)))) else { return false }
        return (200..<400).contains(response.status.code)
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
