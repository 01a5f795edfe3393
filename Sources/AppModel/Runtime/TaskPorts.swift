/// The ports of one task: what its app declares, joined with what it was given (contracts/marathon.md §9.2, §11).
///
///     let ports = TaskPorts(app: app, hostPorts: [31045, 31046])   // host ports in order of definition
///     ports.address(at: 0, app: app)                                 // 31045
public struct TaskPorts: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        /// Nil where a mapping has none.
        public var hostPort: Int?
        /// Nil without mappings.
        public var containerPort: Int?
        /// The number in the definition; 0 = any.
        public var declared: Int
        public var `protocol`: String
        public var name: String?
        public var labels: [String: String]
        /// The container port was made up for a mapping that has neither host nor container port.
        public var isGenerated: Bool

        /// The number a task listens on or is reached by, as `PORTn` shows it.
        public var number: Int { hostPort ?? containerPort ?? declared }

        /// `tcp,udp` split up.
        public var protocols: [String] { `protocol`.split(separator: ",").map(String.init) }
    }

    public var entries: [Entry]

    /// - hostPorts: as recorded for the task: mappings without a host port contribute nothing. Missing ones read as 0.
    /// - generated: numbers above 1024 for mappings without any port, in order.
    public init(app: AppDefinition, hostPorts: [Int], generated: [Int] = []) {
        var remaining = hostPorts[...]
        var made = generated[...]
        guard !app.portMappings.isEmpty else {
            entries = app.portDefinitions.map { definition in
                Entry(
                    hostPort: remaining.popFirst() ?? 0, containerPort: nil, declared: definition.port,
                    protocol: definition.protocol, name: definition.name, labels: definition.labels, isGenerated: false)
            }
            return
        }
        entries = app.portMappings.map { mapping in
            let hostPort = mapping.hostPort == nil ? nil : remaining.popFirst() ?? 0
            var containerPort = mapping.containerPort
            var isGenerated = false
            if containerPort == 0 {
                isGenerated = hostPort == nil
                containerPort = hostPort ?? made.popFirst() ?? 0
            }
            return Entry(
                hostPort: hostPort, containerPort: containerPort, declared: mapping.containerPort, protocol: mapping.protocol,
                name: mapping.name, labels: mapping.labels, isGenerated: isGenerated)
        }
    }

    public var hostPorts: [Int] { entries.compactMap(\.hostPort) }

    /// How many numbers the initializer wants in `generated`.
    public static func generatedCount(for app: AppDefinition) -> Int {
        app.portMappings.count { $0.hostPort == nil && $0.containerPort == 0 }
    }

    /// The port a check of that index goes to: the host port, or the container port where there is none or the task has an
    /// address of its own.
    public func address(at index: Int, app: AppDefinition) -> Int? {
        guard entries.indices.contains(index) else { return nil }
        let entry = entries[index]
        return app.ipAddress != nil ? entry.containerPort ?? entry.hostPort : entry.number
    }

    /// The port a health check goes to; nil = "Missing/invalid port index and no explicit port specified".
    public func port(of check: HealthCheck, app: AppDefinition) -> Int? {
        check.port ?? check.portIndex.flatMap { address(at: $0, app: app) }
    }
}
