import ArgumentParser
import FoundationEssentials
import Glibc
import Logging
import MesosAgent
import Platform
import ServiceLifecycle
import UnixSignals

/// `dcosd mesos-agent`: flags and `MESOS_*` variables as the original's (contracts/mesos.md §2.2); a flag wins over its
/// variable, which wins over the default.
struct MesosAgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mesos-agent", abstract: "Runs a Mesos agent.",
        discussion: "Each flag may be given as the environment variable MESOS_<FLAG> instead. Durations: 15secs, 2mins, 10days.")

    @Option(
        name: .customLong("master"), help: "ZooKeeper: zk://host:port,host:port/mesos, or file:///path of a file that holds it (required).")
    var master: String?
    @Option(name: .customLong("ip"), help: "Address to listen on and to advertise (required).")
    var ip: String?
    @Option(name: .customLong("port"), help: "Port to listen on (default: 5051).")
    var port: Int?
    @Option(name: .customLong("hostname"), help: "Name to advertise (default: the address).")
    var hostname: String?
    @Option(name: .customLong("hostname_lookup"), help: "Accepted; the name is never looked up.")
    var hostnameLookup: String?
    @Option(name: .customLong("work_dir"), help: "Directory for sandboxes and state (required).")
    var workDirectory: String?
    @Option(name: .customLong("resources"), help: "name(role):value;... or a JSON array or file:///path; what is missing is detected.")
    var resources: String?
    @Option(name: .customLong("attributes"), help: "name:value;...")
    var attributes: String?
    @Option(name: .customLong("default_role"), help: "Role of resources that name none (default: *).")
    var defaultRole: String?
    @Option(
        name: .customLong("isolation"),
        help: "Of posix/cpu, posix/mem (default), cgroups/cpu, cgroups/mem, cgroups/pids, disk/du, separated by commas.")
    var isolation: String?
    @Option(name: .customLong("containerizers"), help: "A list with mesos in it (default: mesos).")
    var containerizers: String?
    @Option(name: .customLong("cgroups_hierarchy"), help: "Where cgroups are mounted (default: /sys/fs/cgroup).")
    var cgroupsHierarchy: String?
    @Option(name: .customLong("cgroups_root"), help: "Parent of the containers' cgroups (default: mesos).")
    var cgroupsRoot: String?
    @Option(name: .customLong("cgroups_enable_cfs"), help: "Limit cpus strictly: true or false (default: false).")
    var cgroupsEnableCFS: String?
    @Option(name: .customLong("cgroups_limit_swap"), help: "Limit swap with memory: true or false (default: false).")
    var cgroupsLimitSwap: String?
    @Option(name: .customLong("agent_subsystems"), help: "Controllers whose group <cgroups_root>/slave the agent enters: cpu,memory.")
    var agentSubsystems: String?
    @Option(name: .customLong("slave_subsystems"), help: .hidden)
    var slaveSubsystems: String?
    @Option(name: .customLong("container_disk_watch_interval"), help: "How often disk/du measures sandboxes (default: 15secs).")
    var containerDiskWatchInterval: String?
    @Option(name: .customLong("enforce_container_disk_quota"), help: "Fail tasks that outgrow their disk: true or false (default: false).")
    var enforceContainerDiskQuota: String?
    @Option(name: .customLong("fetcher_cache_size"), help: "Most that is kept of URIs with cache (default: 2GB).")
    var fetcherCacheSize: String?
    @Option(name: .customLong("fetcher_cache_dir"), help: "Where (default: /tmp/mesos/fetch).")
    var fetcherCacheDirectory: String?
    @Option(
        name: .customLong("reconfiguration_policy"),
        help: "additive (default): other flags may add resources and attributes on an old work directory; equal: they may not.")
    var reconfigurationPolicy: String?
    @Option(name: .customLong("recover"), help: "Only reconnect: tasks go on over restarts.")
    var recover: String?
    @Option(name: .customLong("switch_user"), help: "Run tasks as their user: true or false (default: true).")
    var switchUser: String?
    @Option(
        name: .customLong("executor_environment_variables"), help: "JSON object or file:///path: the environment every task begins with.")
    var executorEnvironmentVariables: String?
    @Option(name: .customLong("executor_shutdown_grace_period"), help: "Shown to tasks (default: 5secs).")
    var executorShutdownGracePeriod: String?
    @Option(
        name: .customLong("executor_registration_timeout"), help: "How long a custom executor may take to subscribe (default: 1mins).")
    var executorRegistrationTimeout: String?
    @Option(
        name: .customLong("executor_reregistration_timeout"),
        help: "How long one may take to subscribe again after a restart of the agent (default: 2secs).")
    var executorReregistrationTimeout: String?
    @Option(name: .customLong("recovery_timeout"), help: "Shown to tasks (default: 15mins).")
    var recoveryTimeout: String?
    @Option(name: .customLong("registration_backoff_factor"), help: "Upper bound of the first wait before registering (default: 1secs).")
    var registrationBackoffFactor: String?
    @Option(name: .customLong("gc_delay"), help: "How long sandboxes of ended tasks stay (default: 1weeks).")
    var gcDelay: String?
    @Option(name: .customLong("gc_disk_headroom"), help: "Fraction of the disk to keep free of old sandboxes (default: 0.1).")
    var gcDiskHeadroom: Double?
    @Option(name: .customLong("disk_watch_interval"), help: "How often the disk is looked at (default: 1mins).")
    var diskWatchInterval: String?
    @Option(name: .customLong("frameworks_home"), help: "Where relative URIs of tasks are.")
    var frameworksHome: String?
    @Option(name: .customLong("zk_session_timeout"), help: "ZooKeeper session timeout (default: 10secs).")
    var zkSessionTimeout: String?
    @Option(name: .customLong("task_shim"), help: "The program that parents tasks (default: task-shim beside this program).")
    var taskShim: String?
    @Option(name: .customLong("log_dir"), help: "Accepted; the log goes to standard error.")
    var logDirectory: String?
    @Option(name: .customLong("external_log_file"), help: "Accepted; shown in /flags and attached as /slave/log.")
    var externalLogFile: String?
    @Option(name: .customLong("logging_level"), help: "INFO, WARNING or ERROR (default: INFO).")
    var loggingLevel: String?
    @OptionGroup(visibility: .hidden) var ignored: MesosAgentIgnoredFlags

    func run() async throws {
        let level: Logger.Level =
            switch (value("logging_level", loggingLevel) ?? "INFO").uppercased() {
            case "WARNING": .warning
            case "ERROR": .error
            default: .info
            }
        LoggingSetup.bootstrap(level: level)
        let logger = Logger(label: "mesos-agent")
        try await EnsembleConnection.prepare(logger: logger)
        let service = MesosAgentService(configuration: try agentConfiguration(), logger: logger)
        var group = ServiceGroupConfiguration(
            services: [.init(service: service)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: group).run()
    }

    private func agentConfiguration() throws -> AgentConfiguration {
        guard let master = value("master", master) else {
            throw ValidationError("Missing --master (or MESOS_MASTER), e.g. --master=zk://127.0.0.1:2181/mesos")
        }
        guard let ip = value("ip", ip) else { throw ValidationError("Missing --ip (or MESOS_IP), the address of this agent") }
        guard let work = value("work_dir", workDirectory), work.hasPrefix("/") else {
            throw ValidationError("Missing --work_dir (or MESOS_WORK_DIR), an absolute path")
        }
        var result = AgentConfiguration(
            master: master, ip: ip, port: try number("port", port, default: 5051), workDirectory: work,
            taskShim: value("task_shim", taskShim) ?? Self.besideThisProgram("task-shim"))
        result.hostname = value("hostname", hostname) ?? ip
        result.resources = try contents("resources", value("resources", resources) ?? "")
        result.attributes = try contents("attributes", value("attributes", attributes) ?? "")
        result.defaultRole = value("default_role", defaultRole) ?? "*"
        result.isolation = try isolation(value("isolation", isolation) ?? "posix/cpu,posix/mem")
        result.containerizers = (value("containerizers", containerizers) ?? "mesos").split(separator: ",").map(String.init)
        guard result.containerizers.contains("mesos"), Set(result.containerizers).isSubset(of: ["mesos", "docker"]) else {
            throw ValidationError("--containerizers must name mesos, and nothing else than mesos and docker")
        }
        result.cgroupsHierarchy = value("cgroups_hierarchy", cgroupsHierarchy) ?? "/sys/fs/cgroup"
        result.cgroupsRoot = value("cgroups_root", cgroupsRoot) ?? "mesos"
        result.cgroupsEnableCFS = try boolean("cgroups_enable_cfs", cgroupsEnableCFS, default: false)
        result.cgroupsLimitSwap = try boolean("cgroups_limit_swap", cgroupsLimitSwap, default: false)
        let subsystems = value("agent_subsystems", agentSubsystems) ?? value("slave_subsystems", slaveSubsystems) ?? ""
        result.agentSubsystems = subsystems.split(separator: ",").map(String.init)
        if let odd = result.agentSubsystems.first(where: { $0.contains("/") || $0.hasPrefix(".") }) {
            throw ValidationError("--agent_subsystems: '\(odd)' is no controller")
        }
        result.containerDiskWatchInterval =
            try duration("container_disk_watch_interval", containerDiskWatchInterval, .seconds(15)).value
        result.enforcesContainerDiskQuota = try boolean("enforce_container_disk_quota", enforceContainerDiskQuota, default: false)
        if let text = value("fetcher_cache_size", fetcherCacheSize) {
            guard let size = MesosBytes(text: text) else {
                throw ValidationError("--fetcher_cache_size: '\(text)' is not a size such as 2GB")
            }
            result.fetcherCacheSize = size.value
        }
        if let directory = value("fetcher_cache_dir", fetcherCacheDirectory) {
            guard directory.hasPrefix("/") else { throw ValidationError("--fetcher_cache_dir must be an absolute path") }
            result.fetcherCacheDirectory = directory
        }
        if let text = value("reconfiguration_policy", reconfigurationPolicy) {
            guard let policy = ReconfigurationPolicy(rawValue: text) else {
                throw ValidationError("--reconfiguration_policy: '\(text)' is neither equal nor additive")
            }
            result.reconfigurationPolicy = policy
        }
        if let recover = value("recover", recover), recover != "reconnect" {
            throw ValidationError("--recover=\(recover): this agent can only reconnect; kill tasks by removing the agent from its master")
        }
        result.switchUser = try boolean("switch_user", switchUser, default: true)
        if let text = value("executor_environment_variables", executorEnvironmentVariables) {
            let json = try contents("executor_environment_variables", text)
            guard let variables = try? JSONDecoder().decode([String: String].self, from: Data(json.utf8)) else {
                throw ValidationError("--executor_environment_variables is not a JSON object of strings")
            }
            result.executorEnvironmentVariables = variables
        }
        result.executorShutdownGracePeriod = try duration("executor_shutdown_grace_period", executorShutdownGracePeriod, .seconds(5))
        result.executorRegistrationTimeout = try duration(
            "executor_registration_timeout", executorRegistrationTimeout, .seconds(60))
        result.executorReregistrationTimeout = try duration(
            "executor_reregistration_timeout", executorReregistrationTimeout, .seconds(2))
        result.recoveryTimeout = try duration("recovery_timeout", recoveryTimeout, .seconds(900))
        result.registrationBackoffFactor = try duration("registration_backoff_factor", registrationBackoffFactor, .seconds(1)).value
        result.gcDelay = try duration("gc_delay", gcDelay, .seconds(7 * 86400)).value
        result.gcDiskHeadroom = try headroom()
        result.diskWatchInterval = try duration("disk_watch_interval", diskWatchInterval, .seconds(60)).value
        result.frameworksHome = value("frameworks_home", frameworksHome)
        result.zkSessionTimeout = try duration("zk_session_timeout", zkSessionTimeout, .seconds(10)).value
        result.externalLogFile = value("external_log_file", externalLogFile)
        result.flags = shownFlags(result)
        return result
    }

    /// What `/flags` and `/state` show. Environments and credentials are left out.
    private func shownFlags(_ c: AgentConfiguration) -> [String: String] {
        var flags: [String: String] = [
            "master": Self.withoutPassword(c.master), "ip": c.ip, "port": "\(c.port)", "hostname": c.hostname, "work_dir": c.workDirectory,
            "hostname_lookup": value("hostname_lookup", hostnameLookup) ?? "true", "default_role": c.defaultRole,
            "isolation": c.isolation.joined(separator: ","), "containerizers": c.containerizers.joined(separator: ","), "launcher": "posix",
            "cgroups_hierarchy": c.cgroupsHierarchy, "cgroups_root": c.cgroupsRoot, "cgroups_enable_cfs": "\(c.cgroupsEnableCFS)",
            "switch_user": "\(c.switchUser)", "executor_shutdown_grace_period": c.executorShutdownGracePeriod.description,
            "executor_registration_timeout": c.executorRegistrationTimeout.description,
            "executor_reregistration_timeout": c.executorReregistrationTimeout.description,
            "recovery_timeout": c.recoveryTimeout.description, "recover": "reconnect",
            "registration_backoff_factor": MesosDuration(c.registrationBackoffFactor).description,
            "gc_delay": MesosDuration(c.gcDelay).description, "gc_disk_headroom": "\(c.gcDiskHeadroom)",
            "cgroups_limit_swap": "\(c.cgroupsLimitSwap)",
            "container_disk_watch_interval": MesosDuration(c.containerDiskWatchInterval).description,
            "enforce_container_disk_quota": "\(c.enforcesContainerDiskQuota)",
            "fetcher_cache_size": MesosBytes(c.fetcherCacheSize).description, "fetcher_cache_dir": c.fetcherCacheDirectory,
            "reconfiguration_policy": c.reconfigurationPolicy.rawValue,
            "disk_watch_interval": MesosDuration(c.diskWatchInterval).description, "sandbox_directory": "/mnt/mesos/sandbox",
        ]
        if !c.agentSubsystems.isEmpty { flags["agent_subsystems"] = c.agentSubsystems.joined(separator: ",") }
        if !c.resources.isEmpty { flags["resources"] = c.resources }
        if !c.attributes.isEmpty { flags["attributes"] = c.attributes }
        flags["frameworks_home"] = c.frameworksHome
        flags["log_dir"] = value("log_dir", logDirectory)
        flags["external_log_file"] = c.externalLogFile
        flags["logging_level"] = value("logging_level", loggingLevel)
        return flags
    }

    private static func withoutPassword(_ url: String) -> String {
        guard url.hasPrefix("zk://"), let at = url.lastIndex(of: "@") else { return url }
        return "zk://" + url[url.index(after: at)...]
    }

    private func isolation(_ text: String) throws -> [String] {
        let names = text.split(separator: ",").flatMap { part -> [String] in
            switch part {
            case "process": ["posix/cpu", "posix/mem"]
            case "cgroups": ["cgroups/cpu", "cgroups/mem"]
            case "posix/disk": ["disk/du"]
            default: [String(part)]
            }
        }
        let known = AgentConfiguration.isolators.union(AgentConfiguration.inertIsolators)
        if let unknown = names.first(where: { !known.contains($0) }) {
            throw ValidationError("--isolation: unknown isolator '\(unknown)'; known: \(known.sorted().joined(separator: ", "))")
        }
        return names
    }

    private func headroom() throws -> Double {
        let given = gcDiskHeadroom ?? value("gc_disk_headroom", nil).flatMap(Double.init) ?? 0.1
        guard (0...1).contains(given) else { throw ValidationError("--gc_disk_headroom must be between 0 and 1") }
        return given
    }

    // MARK: Flag values

    private func value(_ flag: String, _ given: String?) -> String? {
        given ?? ProcessEnvironment.current["MESOS_" + flag.uppercased()]
    }

    private func number(_ flag: String, _ given: Int?, default standard: Int) throws -> Int {
        if let given { return given }
        guard let text = value(flag, nil) else { return standard }
        guard let number = Int(text) else { throw ValidationError("--\(flag): '\(text)' is not a number") }
        return number
    }

    private func boolean(_ flag: String, _ given: String?, default standard: Bool) throws -> Bool {
        switch value(flag, given)?.lowercased() {
        case nil: return standard
        case "true", "1", "": return true
        case "false", "0": return false
        case let text?: throw ValidationError("--\(flag): '\(text)' is neither true nor false")
        }
    }

    private func duration(_ flag: String, _ given: String?, _ standard: Duration) throws -> MesosDuration {
        guard let text = value(flag, given) else { return MesosDuration(standard) }
        guard let duration = MesosDuration(text: text) else {
            throw ValidationError("--\(flag): '\(text)' is not a duration such as 15secs")
        }
        return duration
    }

    /// A value, or the contents of the file that `file://` names.
    private func contents(_ flag: String, _ text: String) throws -> String {
        guard text.hasPrefix("file://") else { return text }
        let path = String(text.dropFirst("file://".count))
        guard let data = FileManager.default.contents(atPath: path) else { throw ValidationError("--\(flag): cannot read \(path)") }
        return String(decoding: data, as: UTF8.self)
    }

    private static func besideThisProgram(_ name: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let slash = path.lastIndex(of: "/") else { return name }
        return path[...slash] + name
    }
}
