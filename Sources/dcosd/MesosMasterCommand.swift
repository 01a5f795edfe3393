import ArgumentParser
import Logging
import MesosMaster
import Platform
import ServiceLifecycle
import UnixSignals

/// `dcosd mesos-master`: flags and `MESOS_*` variables as the original's (contracts/mesos.md §2.1); a flag wins over its
/// variable, which wins over the default.
struct MesosMasterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mesos-master", abstract: "Runs a Mesos master.",
        discussion: "Each flag may be given as the environment variable MESOS_<FLAG> instead. Durations: 15secs, 2mins, 10days.")

    @Option(name: .customLong("zk"), help: "ZooKeeper: zk://host:port,host:port/mesos (required).")
    var zk: String?
    @Option(name: .customLong("ip"), help: "Address to listen on and to advertise (required).")
    var ip: String?
    @Option(name: .customLong("port"), help: "Port to listen on (default: 5050).")
    var port: Int?
    @Option(name: .customLong("hostname"), help: "Name to advertise (default: the address).")
    var hostname: String?
    @Option(name: .customLong("hostname_lookup"), help: "Accepted; the name is never looked up.")
    var hostnameLookup: String?
    @Option(name: .customLong("cluster"), help: "Name of the cluster, shown in /state.")
    var cluster: String?
    @Option(name: .customLong("work_dir"), help: "Working directory; the master keeps no files.")
    var workDirectory: String?
    @Option(name: .customLong("quorum"), help: "Accepted; ZooKeeper keeps the registry.")
    var quorum: String?
    @Option(name: .customLong("registry"), help: "Accepted; ZooKeeper keeps the registry.")
    var registry: String?
    @Option(name: .customLong("log_dir"), help: "Accepted; the log goes to standard error.")
    var logDirectory: String?
    @Option(name: .customLong("external_log_file"), help: "The file that /files shows as /master/log.")
    var externalLogFile: String?
    @Option(name: .customLong("logging_level"), help: "INFO, WARNING or ERROR (default: INFO).")
    var loggingLevel: String?
    @Option(name: .customLong("zk_session_timeout"), help: "ZooKeeper session timeout (default: 10secs).")
    var zkSessionTimeout: String?
    @Option(name: .customLong("allocation_interval"), help: "Time between batch allocations (default: 1secs).")
    var allocationInterval: String?
    @Option(name: .customLong("offer_timeout"), help: "Offers are rescinded after this time (default: never).")
    var offerTimeout: String?
    @Option(
        name: [.customLong("agent_ping_timeout"), .customLong("slave_ping_timeout")],
        help: "An agent that is missing for this time × max_agent_ping_timeouts is removed (default: 15secs).")
    var agentPingTimeout: String?
    @Option(
        name: [.customLong("max_agent_ping_timeouts"), .customLong("max_slave_ping_timeouts")], help: "See agent_ping_timeout (default: 5)."
    )
    var maxAgentPingTimeouts: Int?
    @Option(
        name: [.customLong("agent_reregister_timeout"), .customLong("slave_reregister_timeout")],
        help: "How long known agents may take to come back after an election (default and minimum: 10mins).")
    var agentReregisterTimeout: String?
    @Option(name: .customLong("max_completed_frameworks"), help: "Completed frameworks that are remembered (default: 50).")
    var maxCompletedFrameworks: Int?
    @Option(
        name: .customLong("max_completed_tasks_per_framework"), help: "Completed tasks of a framework that are remembered (default: 1000).")
    var maxCompletedTasksPerFramework: Int?
    @Option(name: .customLong("roles"), help: "Roles that frameworks may use, separated by commas (default: all).")
    var roles: String?
    @Option(name: .customLong("root_submissions"), help: "Whether user root may run frameworks: true or false (default: true).")
    var rootSubmissions: String?
    @Option(name: .customLong("weights"), help: "Weights of roles: role=1.5,role2=3; those that operators stored win.")
    var weights: String?
    @Option(
        name: [.customLong("agent_removal_rate_limit"), .customLong("slave_removal_rate_limit")],
        help: "Unhealthy agents to remove at most, e.g. 1/20mins (default: no limit).")
    var agentRemovalRateLimit: String?
    @Option(
        name: [.customLong("recovery_agent_removal_limit"), .customLong("recovery_slave_removal_limit")],
        help: "Share of known agents that may be missing after an election, e.g. 50% (default: 100%).")
    var recoveryAgentRemovalLimit: String?
    @Option(
        name: .customLong("fair_sharing_excluded_resource_names"),
        help: "Resources that do not count in the fair order, separated by commas.")
    var fairSharingExcluded: String?
    @Option(name: .customLong("firewall_rules"), help: "JSON or file:///path: {\"disabled_endpoints\":{\"paths\":[\"/files/browse\"]}}.")
    var firewallRules: String?
    @OptionGroup var further: MesosMasterFurtherFlags

    func run() async throws {
        LoggingSetup.bootstrap(level: level)
        let logger = Logger(label: "mesos-master")
        try await EnsembleConnection.prepare(logger: logger)
        let master = MasterService(configuration: try masterConfiguration(), logger: logger)
        var group = ServiceGroupConfiguration(
            services: [.init(service: master)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: group).run()
    }

    private var level: Logger.Level {
        switch (value("logging_level", loggingLevel) ?? "INFO").uppercased() {
        case "WARNING": .warning
        case "ERROR": .error
        default: .info
        }
    }

    private func masterConfiguration() throws -> MesosMaster.Configuration {
        guard let zk = value("zk", zk) else { throw ValidationError("Missing --zk (or MESOS_ZK), e.g. --zk=zk://127.0.0.1:2181/mesos") }
        guard let ip = value("ip", ip) else { throw ValidationError("Missing --ip (or MESOS_IP), the address of this master") }
        var result = MesosMaster.Configuration(zk: zk, ip: ip)
        result.port = try number("port", port, default: 5050)
        result.hostname = value("hostname", hostname)
        result.cluster = value("cluster", cluster).flatMap { $0.isEmpty ? nil : $0 }
        result.workDirectory = value("work_dir", workDirectory)
        result.zkSessionTimeout = try duration("zk_session_timeout", zkSessionTimeout, default: 10)
        result.allocationInterval = try duration("allocation_interval", allocationInterval, default: 1)
        if value("offer_timeout", offerTimeout) != nil { result.offerTimeout = try duration("offer_timeout", offerTimeout, default: 0) }
        result.agentPingTimeout = try duration("agent_ping_timeout", agentPingTimeout, old: "slave_ping_timeout", default: 15)
        result.maxAgentPingTimeouts = try number(
            "max_agent_ping_timeouts", maxAgentPingTimeouts, old: "max_slave_ping_timeouts", default: 5)
        result.agentReregisterTimeout = max(
            600, try duration("agent_reregister_timeout", agentReregisterTimeout, old: "slave_reregister_timeout", default: 600))
        result.maxCompletedFrameworks = try number("max_completed_frameworks", maxCompletedFrameworks, default: 50)
        result.maxCompletedTasksPerFramework = try number(
            "max_completed_tasks_per_framework", maxCompletedTasksPerFramework, default: 1000)
        result.roles = Set((value("roles", roles) ?? "").split(separator: ",").map(String.init))
        result.rootSubmissions = value("root_submissions", rootSubmissions).map { $0 != "false" } ?? true
        result.weights = try MesosMasterFurtherFlags.weights(value("weights", weights) ?? "")
        if let text = value("agent_removal_rate_limit", agentRemovalRateLimit, old: "slave_removal_rate_limit"), !text.isEmpty {
            guard let limit = MesosMaster.Configuration.RateLimit(text: text) else {
                throw ValidationError("Invalid agent_removal_rate_limit '\(text)'; expected e.g. 1/20mins")
            }
            result.agentRemovalRateLimit = limit
        }
        if let text = value("recovery_agent_removal_limit", recoveryAgentRemovalLimit, old: "recovery_slave_removal_limit") {
            result.recoveryAgentRemovalLimit = try MesosMasterFurtherFlags.share(text)
        }
        result.fairSharingExcludedResources = Set(
            (value("fair_sharing_excluded_resource_names", fairSharingExcluded) ?? "").split(separator: ",").map(String.init))
        if let text = value("firewall_rules", firewallRules) {
            result.disabledEndpoints = try MesosMasterFurtherFlags.disabledEndpoints(text)
        }
        result.externalLogFile = value("external_log_file", externalLogFile).flatMap { $0.isEmpty ? nil : $0 }
        try further.refuseUnsupported()
        result.flags = shownFlags(result)
        return result
    }

    /// What `/flags` and `/state` show: every value that is set or has a default.
    private func shownFlags(_ c: MesosMaster.Configuration) -> [String: String] {
        var flags: [String: String] = [
            "zk": zkWithoutPassword(c.zk), "ip": c.ip, "port": "\(c.port)",
            "hostname_lookup": value("hostname_lookup", hostnameLookup) ?? "true",
            "zk_session_timeout": DurationText.text(seconds: c.zkSessionTimeout),
            "allocation_interval": DurationText.text(seconds: c.allocationInterval),
            "agent_ping_timeout": DurationText.text(seconds: c.agentPingTimeout), "max_agent_ping_timeouts": "\(c.maxAgentPingTimeouts)",
            "agent_reregister_timeout": DurationText.text(seconds: c.agentReregisterTimeout),
            "max_completed_frameworks": "\(c.maxCompletedFrameworks)",
            "max_completed_tasks_per_framework": "\(c.maxCompletedTasksPerFramework)", "root_submissions": "\(c.rootSubmissions)",
            "allocator": "HierarchicalDRF", "framework_sorter": "drf", "user_sorter": "drf", "registry_strict": "false",
            "authenticate_frameworks": "false", "authenticate_agents": "false", "authenticate_http_readwrite": "false",
        ]
        flags["offer_timeout"] = c.offerTimeout.map { DurationText.text(seconds: $0) }
        flags["hostname"] = c.hostname
        flags["cluster"] = c.cluster
        flags["work_dir"] = c.workDirectory
        flags["quorum"] = value("quorum", quorum)
        flags["registry"] = value("registry", registry)
        flags["log_dir"] = value("log_dir", logDirectory)
        flags["external_log_file"] = value("external_log_file", externalLogFile)
        flags["logging_level"] = value("logging_level", loggingLevel)
        flags["roles"] = value("roles", roles)
        flags["weights"] = value("weights", weights)
        flags["agent_removal_rate_limit"] = value("agent_removal_rate_limit", agentRemovalRateLimit, old: "slave_removal_rate_limit")
        flags["recovery_agent_removal_limit"] =
            value("recovery_agent_removal_limit", recoveryAgentRemovalLimit, old: "recovery_slave_removal_limit") ?? "100%"
        flags["fair_sharing_excluded_resource_names"] = value("fair_sharing_excluded_resource_names", fairSharingExcluded)
        flags["firewall_rules"] = value("firewall_rules", firewallRules)
        for (name, text) in further.shown { flags[name] = text }
        return flags
    }

    private func zkWithoutPassword(_ zk: String) -> String {
        guard let at = zk.lastIndex(of: "@") else { return zk }
        return "zk://" + zk[zk.index(after: at)...]
    }

    // MARK: Values

    /// - old: the flag's former name, whose variable is understood too.
    private func value(_ flag: String, _ given: String?, old: String? = nil) -> String? {
        given ?? ProcessEnvironment.current["MESOS_\(flag.uppercased())"]
            ?? old.flatMap { ProcessEnvironment.current["MESOS_\($0.uppercased())"] }
    }

    private func number(_ flag: String, _ given: Int?, old: String? = nil, default fallback: Int) throws -> Int {
        if let given { return given }
        guard let text = value(flag, nil, old: old) else { return fallback }
        guard let number = Int(text) else { throw ValidationError("Invalid \(flag) '\(text)'; expected a number") }
        return number
    }

    private func duration(_ flag: String, _ given: String?, old: String? = nil, default fallback: Double) throws -> Double {
        guard let text = value(flag, given, old: old) else { return fallback }
        guard let seconds = DurationText.seconds(text), seconds >= 0 else {
            throw ValidationError("Invalid \(flag) '\(text)'; expected a duration such as 15secs or 2mins")
        }
        return seconds
    }
}
