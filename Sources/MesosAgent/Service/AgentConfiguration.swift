import FoundationEssentials
public import ResourceModel

/// How an agent runs: the flags of the original (contracts/mesos.md §2.2).
public struct AgentConfiguration: Sendable {
    /// `zk://…/mesos`, or `file:///path` of a file that holds such a URL.
    public var master: String
    /// Dotted IPv4 text: where the agent listens and what it announces.
    public var ip: String
    public var port: Int
    public var hostname: String
    /// Absolute.
    public var workDirectory: String
    /// The text of `--resources`; empty: detect everything.
    public var resources = ""
    public var attributes = ""
    public var defaultRole = "*"
    /// Elements of `--isolation`.
    public var isolation = ["posix/cpu", "posix/mem"]
    public var cgroupsHierarchy = "/sys/fs/cgroup"
    public var cgroupsRoot = "mesos"
    public var cgroupsEnableCFS = false
    public var switchUser = true
    public var executorEnvironmentVariables: [String: String] = [:]
    public var executorShutdownGracePeriod = MesosDuration(.seconds(5))
    public var recoveryTimeout = MesosDuration(.seconds(900))
    public var registrationBackoffFactor = Duration.seconds(1)
    public var gcDelay = Duration.seconds(7 * 86400)
    public var gcDiskHeadroom = 0.1
    public var diskWatchInterval = Duration.seconds(60)
    public var frameworksHome: String?
    /// A log file of the agent, shown as `/slave/log`.
    public var externalLogFile: String?
    public var zkSessionTimeout = Duration.seconds(10)
    /// Path of the executable.
    public var taskShim: String
    /// What `/flags` shows, by name.
    public var flags: [String: String] = [:]
    /// As in `/version`; digits and dots only.
    public var version = "1.0.3"

    public init(master: String, ip: String, port: Int, workDirectory: String, taskShim: String) {
        self.master = master
        self.ip = ip
        self.port = port
        self.hostname = ip
        self.workDirectory = workDirectory
        self.taskShim = taskShim
    }
}

/// A length of time in the text form of Mesos: `5secs`, `15mins`, `1weeks`, `500ms`.
public struct MesosDuration: Sendable, Hashable, CustomStringConvertible {
    public let value: Duration

    public init(_ value: Duration) { self.value = value }

    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("ms", 1e6), ("secs", 1e9), ("mins", 60e9), ("hrs", 3600e9), ("days", 86400e9), ("weeks", 604800e9),
    ]

    /// Nil when the text is not a number with one of the units.
    public init?(text: String) {
        let number = text.prefix { $0.isNumber || $0 == "." || $0 == "-" }
        let unit = text[number.endIndex...]
        guard let amount = Double(number), amount >= 0, let scale = Self.units.first(where: { $0.name == unit })?.nanoseconds,
            amount * scale < 9e18
        else { return nil }
        value = .nanoseconds(Int64(amount * scale))
    }

    /// In the largest unit that gives a whole number.
    public var description: String {
        let nanoseconds = value / .nanoseconds(1)
        let unit = Self.units.last {
            nanoseconds / $0.nanoseconds >= 1 && (nanoseconds / $0.nanoseconds).rounded() == nanoseconds / $0.nanoseconds
        }
        guard let unit else { return "\(Int64(nanoseconds))ns" }
        return "\(Int64(nanoseconds / unit.nanoseconds))\(unit.name)"
    }
}
