/// What a path of the agent's server names (contracts/mesos.md §3.1).
enum AgentRoute: String, Sendable, Hashable, CaseIterable {
    case state = "/slave(1)/state"
    case health = "/slave(1)/health"
    case agentVersion = "/slave(1)/version"
    case flags = "/slave(1)/flags"
    case statistics = "/slave(1)/monitor/statistics"
    case containers = "/slave(1)/containers"
    case api = "/slave(1)/api/v1"
    case executor = "/slave(1)/api/v1/executor"
    case version = "/version"
    case metrics = "/metrics/snapshot"
    case system = "/system/stats.json"
    case logging = "/logging/toggle"
    case browse = "/files/browse"
    case read = "/files/read"
    case download = "/files/download"
    case debug = "/files/debug"

    private static let processes: Set<String> = [
        "slave(1)", "files", "metrics", "system", "logging", "profiler", "version", "help", "monitor-process",
    ]
    private static let aliases: [String: AgentRoute] = [
        "/slave(1)/state.json": .state, "/slave(1)/monitor/statistics.json": .statistics, "/files/browse.json": .browse,
        "/files/read.json": .read, "/files/download.json": .download, "/files/debug.json": .debug,
        "/monitor/statistics": .statistics, "/monitor/statistics.json": .statistics,
    ]
    private static let endpoints: [String: AgentRoute] = allCases.reduce(into: aliases) { $0[$1.rawValue] = $1 }

    /// Longest-prefix match; nil: 404.
    /// - path: percent-encoded.
    init?(path: String) {
        guard !path.contains("/..") else { return nil }
        // The only characters of a process name that clients encode.
        let path = path.replacing("%28", with: "(").replacing("%29", with: ")")
        var segments = path.split(separator: "/").map(String.init)
        guard let first = segments.first else { return nil }
        if !Self.processes.contains(first) { segments.insert("slave(1)", at: 0) }
        while !segments.isEmpty {
            if let route = Self.endpoints["/" + segments.joined(separator: "/")] {
                self = route
                return
            }
            segments.removeLast()
        }
        return nil
    }
}
