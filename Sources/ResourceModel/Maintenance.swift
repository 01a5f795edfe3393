/// A host of the maintenance primitives: either field may be missing, not both (contracts/mesos.md §4.9).
public struct MachineID: Codable, Sendable, Hashable {
    public var hostname: String?
    public var ip: String?
    public init(hostname: String? = nil, ip: String? = nil) {
        self.hostname = hostname
        self.ip = ip
    }

    /// The form in which machines are compared: host names without regard to case.
    public var normalized: MachineID { MachineID(hostname: hostname?.lowercased(), ip: ip) }
}

/// `GET` and `POST /maintenance/schedule`.
public struct MaintenanceSchedule: Codable, Sendable, Hashable {
    public struct Window: Codable, Sendable, Hashable {
        @Listed public var machine_ids: [MachineID]
        public var unavailability: Unavailability
        public init(machine_ids: [MachineID], unavailability: Unavailability) {
            self.machine_ids = machine_ids
            self.unavailability = unavailability
        }
    }
    @Listed public var windows: [Window]
    public init(windows: [Window] = []) { self.windows = windows }
}

/// What a machine does for the cluster. A machine nobody has scheduled or taken down is UP.
public enum MachineMode: String, Codable, Sendable, Hashable, CaseIterable {
    case up = "UP"
    case draining = "DRAINING"
    case down = "DOWN"
}

public struct MachineInfo: Codable, Sendable, Hashable {
    public var id: MachineID
    public var mode: MachineMode
    public var unavailability: Unavailability?
    public init(id: MachineID, mode: MachineMode, unavailability: Unavailability? = nil) {
        self.id = id
        self.mode = mode
        self.unavailability = unavailability
    }
}

/// `GET /maintenance/status`.
public struct MaintenanceStatus: Codable, Sendable, Hashable {
    public struct Answer: Codable, Sendable, Hashable {
        public enum Kind: String, Codable, Sendable, CaseIterable { case unknown = "UNKNOWN", accept = "ACCEPT", decline = "DECLINE" }
        public var status: Kind
        public var framework_id: FrameworkID
        public var timestamp: TimeInfo
        public init(status: Kind, framework_id: FrameworkID, timestamp: TimeInfo) {
            self.status = status
            self.framework_id = framework_id
            self.timestamp = timestamp
        }
    }
    public struct Draining: Codable, Sendable, Hashable {
        public var id: MachineID
        @Listed public var statuses: [Answer]
        public init(id: MachineID, statuses: [Answer] = []) {
            self.id = id
            self.statuses = statuses
        }
    }
    @Listed public var draining_machines: [Draining]
    @Listed public var down_machines: [MachineID]
    public init(draining_machines: [Draining] = [], down_machines: [MachineID] = []) {
        self.draining_machines = draining_machines
        self.down_machines = down_machines
    }
}
