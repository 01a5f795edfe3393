import ArgumentParser
import Logging
import Marathon
import Platform
import SchedulerClient
import ServiceLifecycle
import UnixSignals
import ZooKeeper

/// `dcosd marathon`: flags and `MARATHON_*` variables as the original's (contracts/marathon.md §15.3); a flag wins over its
/// variable, which wins over the default.
struct MarathonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "marathon", abstract: "Runs Marathon, the cluster's init system.",
        discussion: "Each flag may be given as the environment variable MARATHON_<FLAG> instead. Times are milliseconds.")

    @Option(name: .customLong("master"), help: "Where masters are found: zk://host:port,.../mesos or host:port (required).")
    var master: String?
    @Option(name: .customLong("zk"), help: "Where the state is kept: zk://host:port,.../marathon (default: zk://localhost:2181/marathon).")
    var zk: String?
    @Option(name: .customLong("hostname"), help: "Name by which others reach this instance (default: the machine's name).")
    var hostname: String?
    @Option(name: .customLong("http_address"), help: "Address to listen on (default: all).")
    var httpAddress: String?
    @Option(name: .customLong("http_port"), help: "Port to listen on (default: 8080).")
    var httpPort: Int?
    @Option(name: .customLong("webui_url"), help: "URL of the user interface, told to Mesos (default: from hostname).")
    var webUIURL: String?
    @Option(name: .customLong("framework_name"), help: "Name of the framework (default: marathon).")
    var frameworkName: String?
    @Option(name: .customLong("mesos_role"), help: "Role whose resources are offered beside those of *.")
    var mesosRole: String?
    @Option(
        name: .customLong("default_accepted_resource_roles"),
        help: "Roles for apps that name none, separated by commas (default: * and mesos_role).")
    var defaultAcceptedResourceRoles: String?
    @Option(name: .customLong("mesos_user"), help: "User that tasks run as (default: the current user).")
    var mesosUser: String?
    @Option(name: .customLong("mesos_authentication_principal"), help: "Principal of the framework.")
    var principal: String?
    @Option(name: .customLong("mesos_leader_ui_url"), help: "URL of the leading master's interface, shown in /v2/info.")
    var mesosLeaderUIURL: String?
    @Option(name: .customLong("failover_timeout"), help: "Seconds that Mesos keeps the tasks without a scheduler (default: 604800).")
    var failoverTimeout: Int?
    @Option(name: .customLong("task_launch_timeout"), help: "Milliseconds a task may stage before it is killed (default: 300000).")
    var taskLaunchTimeout: Int?
    @Option(
        name: .customLong("task_launch_confirm_timeout"),
        help: "Milliseconds until Mesos must have said something of a task (default: 300000).")
    var taskLaunchConfirmTimeout: Int?
    @Option(name: .customLong("task_lost_expunge_gc"), help: "Milliseconds until a lost task is forgotten (default: 75000).")
    var taskLostExpunge: Int?
    @Option(name: .customLong("reconciliation_initial_delay"), help: "Milliseconds (default: 15000).")
    var reconciliationInitialDelay: Int?
    @Option(name: .customLong("reconciliation_interval"), help: "Milliseconds (default: 600000).")
    var reconciliationInterval: Int?
    @Option(name: .customLong("scale_apps_interval"), help: "Milliseconds (default: 300000).")
    var scaleAppsInterval: Int?
    @Option(name: .customLong("max_tasks_per_offer"), help: "Tasks launched on one offer (default: 5).")
    var maxTasksPerOffer: Int?
    @Option(name: .customLong("decline_offer_duration"), help: "Milliseconds an unused offer is not to come again (default: 120000).")
    var declineOfferDuration: Int?
    @Option(name: .customLong("min_revive_offers_interval"), help: "Milliseconds between repeated requests for offers (default: 5000).")
    var minReviveOffersInterval: Int?
    @Option(name: .customLong("revive_offers_repetitions"), help: "How often offers are asked for again (default: 3).")
    var reviveOffersRepetitions: Int?
    @Option(name: .customLong("kill_chunk_size"), help: "Kills that may be unconfirmed at a time (default: 100).")
    var killChunkSize: Int?
    @Option(name: .customLong("kill_retry_timeout"), help: "Milliseconds until a kill is sent again (default: 10000).")
    var killRetryTimeout: Int?
    @Option(name: .customLong("local_port_min"), help: "Lowest service port to assign (default: 10000).")
    var localPortMin: Int?
    @Option(name: .customLong("local_port_max"), help: "End of the service ports to assign (default: 20000).")
    var localPortMax: Int?
    @Option(name: .customLong("max_apps"), help: "How many apps there may be (default: no limit).")
    var maxApps: Int?
    @Option(
        name: .customLong("enable_features"), help: "vips, task_killing, external_volumes, secrets, gpu_resources; separated by commas.")
    var enableFeatures: String?
    @Option(name: .customLong("env_vars_prefix"), help: "Put before the names of port variables.")
    var environmentPrefix: String?
    @Option(name: .customLong("default_network_name"), help: "Network of apps whose ipAddress names none.")
    var defaultNetworkName: String?
    @Option(name: .customLong("zk_timeout"), help: "Milliseconds an operation may wait for ZooKeeper (default: 10000).")
    var zkTimeout: Int?
    @Option(name: .customLong("zk_session_timeout"), help: "Milliseconds (default: 10000).")
    var zkSessionTimeout: Int?
    @Option(name: .customLong("zk_max_versions"), help: "Versions kept of an app (default: 25).")
    var zkMaxVersions: Int?
    @Option(name: .customLong("leader_proxy_connection_timeout"), help: "Milliseconds (default: 5000).")
    var leaderProxyConnectionTimeout: Int?
    @Option(name: .customLong("leader_proxy_read_timeout"), help: "Milliseconds (default: 10000).")
    var leaderProxyReadTimeout: Int?
    @Option(
        name: .customLong("event_stream_max_outstanding_messages"),
        help: "Events a slow listener may be behind before it is closed (default: 5000).")
    var eventStreamMaximum: Int?
    @Option(name: .customLong("max_concurrent_marathon_health_checks"), help: "Health checks at a time (default: 256).")
    var maximumHealthChecks: Int?
    @Option(name: .customLong("access_control_allow_origin"), help: "Origins for cross-origin requests, separated by commas.")
    var accessControlAllowOrigin: String?
    @Option(name: .customLong("logging_level"), help: "trace, debug, info, warn or error (default: info).")
    var loggingLevel: String?
    @Flag(name: .customLong("checkpoint"), help: "Tasks outlive their agent's process (default).")
    var checkpoint = false
    @Flag(name: .customLong("disable_checkpoint"), help: "Tasks die with their agent's process.")
    var disableCheckpoint = false
    @OptionGroup(title: "Accepted for compatibility, without effect")
    var ignored: MarathonIgnoredFlags

    func run() async throws {
        LoggingSetup.bootstrap(level: try level())
        let logger = Logger(label: "marathon")
        try await EnsembleConnection.prepare(logger: logger)
        let replica = Replica(configuration: try settings(), logger: logger)
        var group = ServiceGroupConfiguration(
            services: [.init(service: replica)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: group).run()
    }

    private func level() throws -> Logger.Level {
        let name = (value("logging_level", loggingLevel) ?? "info").lowercased()
        if name == "warn" { return .warning }
        if name == "fatal" { return .critical }
        guard let level = Logger.Level(rawValue: name) else {
            throw ValidationError("Invalid --logging_level '\(name)'; expected trace, debug, info, warn or error")
        }
        return level
    }

    private func settings() throws -> Marathon.Configuration {
        var result = Marathon.Configuration()
        try readZooKeeper(&result)
        try readMaster(&result)
        result.hostname = value("hostname", hostname) ?? MachineName.current
        result.httpAddress = value("http_address", httpAddress) ?? result.httpAddress
        result.httpPort = try number("http_port", httpPort) ?? result.httpPort
        result.webUIURL = value("webui_url", webUIURL)
        result.frameworkName = value("framework_name", frameworkName) ?? result.frameworkName
        result.mesosUser = value("mesos_user", mesosUser) ?? MachineName.user
        result.mesosRole = value("mesos_role", mesosRole)
        result.principal = value("mesos_authentication_principal", principal)
        result.defaultAcceptedResourceRoles = list("default_accepted_resource_roles", defaultAcceptedResourceRoles).map { Set($0) }
        result.failoverTimeout = try number("failover_timeout", failoverTimeout).map(Double.init) ?? result.failoverTimeout
        result.checkpoint = !disableCheckpoint && (value("checkpoint", nil)?.lowercased() ?? "true") != "false"
        result.environmentPrefix = value("env_vars_prefix", environmentPrefix)
        result.defaultNetworkName = value("default_network_name", defaultNetworkName)
        result.maximumApps = try number("max_apps", maxApps)
        result.accessControlAllowOrigin = list("access_control_allow_origin", accessControlAllowOrigin) ?? []
        try readFeatures(&result)
        try readPorts(&result)
        try readLimits(&result)
        return result
    }

    private func readZooKeeper(_ result: inout Marathon.Configuration) throws {
        let ensemble = try ConnectString(value("zk", zk) ?? result.zooKeeperURL)
        result.zooKeeperServers = ensemble.hosts
        result.zooKeeperPath = ensemble.path.isEmpty ? "/marathon" : ensemble.path
        result.zooKeeperURL = ensemble.description
        result.zooKeeperCredentials = ensemble.credentials.map { ($0.user, $0.password) }
        try set(&result.operationTimeout, "zk_timeout", zkTimeout)
        try set(&result.sessionTimeout, "zk_session_timeout", zkSessionTimeout)
        result.maximumVersions = try number("zk_max_versions", zkMaxVersions) ?? result.maximumVersions
    }

    private func readMaster(_ result: inout Marathon.Configuration) throws {
        guard let master = value("master", master) else {
            throw ValidationError("Missing --master (or MARATHON_MASTER), e.g. --master zk://127.0.0.1:2181/mesos")
        }
        if master.hasPrefix("zk://") {
            let ensemble = try ConnectString(master)
            result.master = .zooKeeper(servers: ensemble.hosts, path: ensemble.path.isEmpty ? "/mesos" : ensemble.path)
            result.masterURL = ensemble.description
        } else {
            guard let endpoint = MasterEndpoint(text: master) else {
                throw ValidationError("Invalid --master '\(master)'; expected zk://host:port,host:port/mesos or host:port")
            }
            result.master = .fixed(endpoint)
            result.masterURL = master
        }
        result.mesosLeaderUIURL = value("mesos_leader_ui_url", mesosLeaderUIURL)
    }

    private func readFeatures(_ result: inout Marathon.Configuration) throws {
        let known = ["vips", "task_killing", "external_volumes", "secrets", "gpu_resources"]
        let wanted = list("enable_features", enableFeatures) ?? []
        if let unknown = wanted.first(where: { !known.contains($0) }) {
            throw ValidationError("Unknown feature '\(unknown)' in --enable_features; known are \(known.joined(separator: ", "))")
        }
        result.features = Set(wanted)
    }

    private func readPorts(_ result: inout Marathon.Configuration) throws {
        let first = try number("local_port_min", localPortMin) ?? result.localPorts.lowerBound
        let end = try number("local_port_max", localPortMax) ?? result.localPorts.upperBound
        guard first > 0, first < end, end <= 65536 else {
            throw ValidationError("Invalid --local_port_min \(first) and --local_port_max \(end); expected 0 < min < max <= 65536")
        }
        result.localPorts = first..<end
    }

    private func readLimits(_ result: inout Marathon.Configuration) throws {
        try set(&result.taskLaunchTimeout, "task_launch_timeout", taskLaunchTimeout)
        try set(&result.taskLaunchConfirmTimeout, "task_launch_confirm_timeout", taskLaunchConfirmTimeout)
        try set(&result.taskLostExpungeAfter, "task_lost_expunge_gc", taskLostExpunge)
        try set(&result.reconciliationInitialDelay, "reconciliation_initial_delay", reconciliationInitialDelay)
        try set(&result.reconciliationInterval, "reconciliation_interval", reconciliationInterval)
        try set(&result.scaleAppsInterval, "scale_apps_interval", scaleAppsInterval)
        try set(&result.declineOfferDuration, "decline_offer_duration", declineOfferDuration)
        try set(&result.minimumReviveInterval, "min_revive_offers_interval", minReviveOffersInterval)
        try set(&result.killRetryTimeout, "kill_retry_timeout", killRetryTimeout)
        try set(&result.leaderProxyConnectionTimeout, "leader_proxy_connection_timeout", leaderProxyConnectionTimeout)
        try set(&result.leaderProxyReadTimeout, "leader_proxy_read_timeout", leaderProxyReadTimeout)
        result.maximumTasksPerOffer = try number("max_tasks_per_offer", maxTasksPerOffer) ?? result.maximumTasksPerOffer
        result.reviveRepetitions = try number("revive_offers_repetitions", reviveOffersRepetitions) ?? result.reviveRepetitions
        result.killChunkSize = try number("kill_chunk_size", killChunkSize) ?? result.killChunkSize
        result.eventStreamMaximumOutstanding =
            try number("event_stream_max_outstanding_messages", eventStreamMaximum) ?? result.eventStreamMaximumOutstanding
        result.maximumConcurrentHealthChecks =
            try number("max_concurrent_marathon_health_checks", maximumHealthChecks) ?? result.maximumConcurrentHealthChecks
    }

    // MARK: Values

    private func value(_ flag: String, _ given: String?) -> String? {
        given ?? ProcessEnvironment.current["MARATHON_\(flag.uppercased())"]
    }

    private func number(_ flag: String, _ given: Int?) throws -> Int? {
        if let given { return given }
        guard let text = value(flag, nil) else { return nil }
        guard let number = Int(text) else { throw ValidationError("Invalid \(flag) '\(text)'; expected a number") }
        return number
    }

    private func set(_ target: inout Duration, _ flag: String, _ given: Int?) throws {
        if let number = try number(flag, given) { target = .milliseconds(number) }
    }

    private func list(_ flag: String, _ given: String?) -> [String]? {
        value(flag, given)?.split(separator: ",").map { part in String(part.filter { $0 != " " && $0 != "\"" }) }
    }
}
