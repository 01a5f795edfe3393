import FoundationEssentials
import Glibc
import NIOSSL

/// What this host alone tells about the server's chances. Every call blocks.
struct HostProbe: Sendable {
    let settings: ZooKeeperSettings
    let pid: Int32?

    func measure(into measurements: inout PreflightMeasurements) {
        measurements.extraLines = settings.extraLines
        measurements.identity = FileAccess.text(settings.dataDirectory + "/myid").map { String($0.filter { !$0.isWhitespace }) }
        let paths =
            settings.dataDirectory == settings.logDirectory
            ? [settings.dataDirectory] : [settings.logDirectory, settings.dataDirectory]
        measurements.disks = settings.isBlank ? [] : paths.compactMap(DiskProbe.measure)
        measurements.openFileLimit = openFileLimit
        measurements.memoryMegabytes = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 1_048_576
        let environment = JavaEnvironment(parsing: FileAccess.text(settings.configDirectory + "/java.env") ?? "")
        measurements.heapMegabytes = environment.heapMegabytes ?? settings.heapMegabytes
        guard !settings.isBlank else { return }
        do {
            _ = try JavaCommand(settings: settings, environment: environment, isPresent: FileAccess.isPresent)
        } catch {
            measurements.startProblem = error.description
        }
        measurements.certificateLifetime = certificateLifetime
    }

    /// Of the server, else ours, which it would inherit.
    private var openFileLimit: Int? {
        if let pid, let text = FileAccess.text("/proc/\(pid)/limits") {
            guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Max open files") }) else { return nil }
            // Name (three words), soft limit, hard limit, unit.
            return line.split(separator: " ").dropFirst(3).first.flatMap { Int($0) }
        }
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? Int(clamping: limit.rlim_cur) : nil
    }

    private var certificateLifetime: Duration? {
        guard let tls = settings.tls, let certificate = try? NIOSSLCertificate.fromPEMFile(tls.certificatePath).first else { return nil }
        return .seconds(Int(certificate.notValidAfter) - Int(Date().timeIntervalSince1970))
    }
}
