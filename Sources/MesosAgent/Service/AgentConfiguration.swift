import FoundationEssentials

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
    /// What `isolation` may name.
    public static let isolators: Set<String> = ["posix/cpu", "posix/mem", "cgroups/cpu", "cgroups/mem", "cgroups/pids", "disk/du"]
    /// Also accepted: they concern images, volumes and networks, and tasks that ask for those are refused one by one.
    public static let inertIsolators: Set<String> = [
        "filesystem/posix", "filesystem/linux", "docker/runtime", "docker/volume", "network/cni",
    ]
    /// Elements of `--containerizers`; only `mesos` runs anything.
    public var containerizers = ["mesos"]
    public var cgroupsHierarchy = "/sys/fs/cgroup"
    public var cgroupsRoot = "mesos"
    public var cgroupsEnableCFS = false
    public var cgroupsLimitSwap = false
    /// Of `--agent_subsystems`: the agent puts itself into groups of its own there.
    public var agentSubsystems: [String] = []
    public var containerDiskWatchInterval = Duration.seconds(15)
    /// Tasks that use more disk than they were given fail.
    public var enforcesContainerDiskQuota = false
    /// Where `cache: true` is kept; absolute.
    public var fetcherCacheDirectory = "/tmp/mesos/fetch"
    /// Bytes.
    public var fetcherCacheSize = 2 << 30
    /// What may differ from the agent that the work directory knows.
    public var reconfigurationPolicy = ReconfigurationPolicy.additive
    public var switchUser = true
    public var executorEnvironmentVariables: [String: String] = [:]
    public var executorShutdownGracePeriod = MesosDuration(.seconds(5))
    public var executorRegistrationTimeout = MesosDuration(.seconds(60))
    public var executorReregistrationTimeout = MesosDuration(.seconds(2))
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

/// What flags may change between two starts on one work directory without the agent becoming another one.
public enum ReconfigurationPolicy: String, Sendable, CaseIterable {
    /// Nothing.
    case equal
    /// There may be more resources and attributes.
    case additive
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

/// A number of bytes in the text form of Mesos: `512B`, `10KB`, `64MB`, `2GB`, `1TB`, each 1024 of the one before.
public struct MesosBytes: Sendable, Hashable, CustomStringConvertible {
    public let value: Int

    private static let units = [("B", 0), ("KB", 10), ("MB", 20), ("GB", 30), ("TB", 40)]

    public init(_ value: Int) { self.value = value }

    /// Nil when the text is not a whole number with one of the units.
    public init?(text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), let shift = Self.units.first(where: { $0.0 == text[digits.endIndex...] })?.1,
            number <= Int.max >> shift
        else { return nil }
        value = number << shift
    }

    /// In the largest unit that gives a whole number.
    public var description: String {
        let unit = Self.units.last { value >> $0.1 >= 1 && (value >> $0.1) << $0.1 == value }
        return "\(value >> (unit?.1 ?? 0))\(unit?.0 ?? "B")"
    }
}
