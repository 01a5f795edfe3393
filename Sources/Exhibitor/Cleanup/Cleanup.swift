import EnsembleModel
import Glibc
import Platform
import ServiceLifecycle

/// Purges old snapshots and transaction logs with ZooKeeper's own tool, for servers that do not purge themselves
/// (contracts/exhibitor.md §11).
///
/// The servers we start purge by default (`autopurge`); two owners of one directory would only surprise. So this works
/// when an operator has switched that off, the switch is on and the period is not 0.
struct Cleanup: Service {
    static let mainClass = "org.apache.zookeeper.server.PurgeTxnLog"
    private static let shortestPeriod = Duration.seconds(10)
    private static let look = Duration.seconds(5)

    let configurations: ConfigurationKeeper
    let monitor: ProcessMonitor
    let switches: SwitchStore
    let activityLog: ActivityLog

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let clock = ContinuousClock()
            var last = clock.now
            // The period may change at any time, also from 0: a look now and then costs nothing.
            while (try? await clock.sleep(for: Self.look)) != nil {
                let configuration = await configurations.configuration
                guard configuration.cleanupPeriodMs > 0, await switches.isOn(.cleanup) else { continue }
                guard clock.now - last >= max(Self.shortestPeriod, .milliseconds(configuration.cleanupPeriodMs)) else { continue }
                last = clock.now
                let settings = await monitor.settings
                guard Self.isNeeded(settings) else { continue }
                await purge(settings, keeping: configuration.cleanupMaxFiles)
            }
        }
    }

    /// The server does not purge by itself.
    static func isNeeded(_ settings: ZooKeeperSettings) -> Bool {
        guard let line = settings.extraLines.last(where: { $0.key == "autopurge.purgeInterval" }) else { return false }
        return (Int(line.value) ?? 0) <= 0
    }

    private func purge(_ settings: ZooKeeperSettings, keeping count: Int) async {
        // The tool refuses to keep fewer.
        let count = max(3, count)
        do {
            let process = try await ServerThread.run {
                let environment = JavaEnvironment(parsing: FileAccess.text(settings.configDirectory + "/java.env") ?? "")
                let command = try JavaCommand(settings: settings, environment: environment, isPresent: FileAccess.isPresent)
                let classPath = try JavaClassPath.make(
                    directory: settings.installDirectory, configDirectory: settings.configDirectory, isPresent: FileAccess.isPresent)
                // What the tool tells is of no use once it is done; its exit code says whether it did.
                let output = open("/dev/null", O_WRONLY | O_CLOEXEC)
                defer { close(output) }
                return try ProcessLauncher.spawn(
                    ProcessLauncher.Program(
                        path: command.program,
                        arguments: [
                            "-Xmx64m", "-cp", classPath, Self.mainClass, settings.logDirectory, settings.dataDirectory, "-n", "\(count)",
                        ],
                        environment: ProcessEnvironment.current, directory: settings.dataDirectory,
                        output: output))
            }
            guard let exit = await process.waitForExit() else { return }
            guard exit == .code(0) else { return activityLog.add(.error, "The purge of old logs and snapshots \(exit)") }
            activityLog.add(.info, "Purged old logs; the newest \(count) snapshots and what they need stay")
        } catch {
            activityLog.add(.error, "Old logs and snapshots could not be purged: \(error)")
        }
    }
}
