/// What a path of the master's server names (contracts/mesos.md §3.1).
struct MasterRoute: Sendable, Hashable {
    enum Endpoint: String, Sendable, Hashable, CaseIterable {
        // Answered by the leader only.
        case state = "/master/state"
        case stateSummary = "/master/state-summary"
        case slaves = "/master/slaves"
        case frameworks = "/master/frameworks"
        case tasks = "/master/tasks"
        case roles = "/master/roles"
        case teardown = "/master/teardown"
        case reserve = "/master/reserve"
        case unreserve = "/master/unreserve"
        case createVolumes = "/master/create-volumes"
        case destroyVolumes = "/master/destroy-volumes"
        case quota = "/master/quota"
        case weights = "/master/weights"
        case maintenanceSchedule = "/master/maintenance/schedule"
        case maintenanceStatus = "/master/maintenance/status"
        case machineDown = "/master/machine/down"
        case machineUp = "/master/machine/up"
        case scheduler = "/master/api/v1/scheduler"
        case operatorAPI = "/master/api/v1"
        case registry = "/registrar(1)/registry"
        case agentSubscribe = "/agent-link/subscribe"
        case agentReport = "/agent-link/report"
        // Answered by every master.
        case redirect = "/master/redirect"
        case health = "/master/health"
        case masterVersion = "/master/version"
        case version = "/version"
        case flags = "/master/flags"
        case metrics = "/metrics/snapshot"
        case system = "/system/stats.json"
        case processes = "/__processes__"
        case loggingToggle = "/logging/toggle"
        case browse = "/files/browse"
        case read = "/files/read"
        case download = "/files/download"
        case debug = "/files/debug"
        case help = "/help"

        var isLeaderOnly: Bool {
            switch self {
            case .state, .stateSummary, .slaves, .frameworks, .tasks, .roles, .teardown, .reserve, .unreserve, .createVolumes,
                .destroyVolumes, .quota, .weights, .maintenanceSchedule, .maintenanceStatus, .machineDown, .machineUp, .scheduler,
                .operatorAPI, .registry, .agentSubscribe, .agentReport:
                true
            case .redirect, .health, .masterVersion, .version, .flags, .metrics, .system, .processes, .loggingToggle, .browse, .read,
                .download, .debug, .help:
                false
            }
        }
    }

    private static let processes: Set<String> = [
        "master", "files", "metrics", "system", "logging", "profiler", "registrar(1)", "version", "help", "agent-link", "__processes__",
    ]
    private static let aliases: [String: Endpoint] = [
        "/master/state.json": .state, "/master/roles.json": .roles, "/master/tasks.json": .tasks,
        "/files/browse.json": .browse, "/files/read.json": .read, "/files/download.json": .download, "/files/debug.json": .debug,
    ]
    private static let endpoints: [String: Endpoint] = Endpoint.allCases.reduce(into: aliases) { $0[$1.rawValue] = $1 }

    var endpoint: Endpoint
    /// The path in its full form (`/master/state` for `/state`), with what follows the endpoint.
    var fullPath: String
    /// What follows the endpoint: `["prod"]` in `/quota/prod`.
    var rest: [String]

    /// Longest-prefix match; nil: 404.
    init?(path: String) {
        guard !path.contains("/..") else { return nil }
        var segments = path.split(separator: "/").map { Self.decoded($0) }
        guard let first = segments.first else { return nil }
        if !Self.processes.contains(first) { segments.insert("master", at: 0) }
        fullPath = "/" + segments.joined(separator: "/")
        let whole = segments
        while !segments.isEmpty {
            if let endpoint = Self.endpoints["/" + segments.joined(separator: "/")] {
                self.endpoint = endpoint
                rest = Array(whole.dropFirst(segments.count))
                return
            }
            segments.removeLast()
        }
        return nil
    }

    /// `registrar%281%29` is `registrar(1)`.
    private static func decoded(_ segment: Substring) -> String { FormValues.percentDecoded(segment) }
}
