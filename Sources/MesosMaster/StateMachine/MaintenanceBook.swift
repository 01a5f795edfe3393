import ResourceModel

/// The maintenance schedule and the modes of machines (contracts/mesos.md §4.9): UP → DRAINING (scheduled) → DOWN → UP.
struct MaintenanceBook: Sendable, Hashable {
    private(set) var schedule = MaintenanceSchedule()
    /// Machines that are not UP, by normalized id.
    private(set) var machines: [MachineID: MachineInfo] = [:]

    init() {}

    init(schedule: MaintenanceSchedule, machines: [MachineInfo]) {
        self.schedule = schedule
        self.machines = Dictionary(machines.map { ($0.id.normalized, $0) }, uniquingKeysWith: { $1 })
    }

    /// The machines in a stable order: what is stored and shown.
    var list: [MachineInfo] { machines.values.sorted { Self.text($0.id) < Self.text($1.id) } }

    /// The machine of an agent: both of its fields must be the agent's.
    func machine(hostname: String, ip: String) -> MachineInfo? {
        machines[MachineID(hostname: hostname, ip: ip).normalized]
    }

    // MARK: The schedule

    /// Why a schedule is refused, or nil.
    func problem(with schedule: MaintenanceSchedule) -> String? {
        var seen: Set<MachineID> = []
        for window in schedule.windows {
            if window.machine_ids.isEmpty { return "List of machines in the maintenance window is empty" }
            if let duration = window.unavailability.duration, duration.nanoseconds < 0 {
                return "Unavailability 'duration' is negative"
            }
            for machine in window.machine_ids {
                if let problem = Self.problem(with: machine) { return problem }
                if !seen.insert(machine.normalized).inserted {
                    return "Machine '\(Self.text(machine))' appears more than once in the schedule"
                }
            }
        }
        for machine in list where machine.mode == .down && !seen.contains(machine.id.normalized) {
            return "Machine '\(Self.text(machine.id))' is DOWN and cannot be removed from the schedule"
        }
        return nil
    }

    /// Replaces the schedule.
    /// - Returns: the machines whose mode or window changed, normalized.
    mutating func replace(with new: MaintenanceSchedule) -> Set<MachineID> {
        let old = machines
        machines = machines.filter { $0.value.mode == .down }
        for window in new.windows {
            for id in window.machine_ids {
                let mode = old[id.normalized]?.mode ?? .draining
                machines[id.normalized] = MachineInfo(id: id, mode: mode, unavailability: window.unavailability)
            }
        }
        schedule = new
        return Set(old.keys).union(machines.keys).filter { old[$0] != machines[$0] }
    }

    // MARK: Down and up

    /// Takes scheduled machines down.
    /// - Returns: why not, or nil.
    mutating func takeDown(_ ids: [MachineID]) -> String? {
        if let problem = problem(withList: ids, mode: .draining) { return problem }
        for id in ids { machines[id.normalized]?.mode = .down }
        return nil
    }

    /// Brings machines back; they vanish from the schedule.
    mutating func bringUp(_ ids: [MachineID]) -> String? {
        if let problem = problem(withList: ids, mode: .down) { return problem }
        let up = Set(ids.map(\.normalized))
        for id in up { machines[id] = nil }
        schedule.windows = schedule.windows.compactMap { window in
            var window = window
            window.machine_ids.removeAll { up.contains($0.normalized) }
            return window.machine_ids.isEmpty ? nil : window
        }
        return nil
    }

    private func problem(withList ids: [MachineID], mode: MachineMode) -> String? {
        if ids.isEmpty { return "List of machines is empty" }
        var seen: Set<MachineID> = []
        for id in ids {
            if let problem = Self.problem(with: id) { return problem }
            if !seen.insert(id.normalized).inserted { return "Machine '\(Self.text(id))' appears more than once in the list" }
            guard machines[id.normalized]?.mode == mode else {
                return "Machine '\(Self.text(id))' is not in \(mode.rawValue) mode"
                    + (mode == .draining ? " and cannot be brought down" : " and cannot be brought up")
            }
        }
        return nil
    }

    // MARK: Machines

    private static func problem(with machine: MachineID) -> String? {
        let (hostname, ip) = (machine.hostname ?? "", machine.ip ?? "")
        if hostname.isEmpty && ip.isEmpty { return "Both 'hostname' and 'ip' for a machine are empty" }
        guard !ip.isEmpty else { return nil }
        let parts = ip.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil } ? nil : "Failed to parse the IP address '\(ip)' of a machine"
    }

    /// `h1 (10.0.2.1)`.
    static func text(_ id: MachineID) -> String {
        switch (id.hostname, id.ip) {
        case (let hostname?, let ip?): "\(hostname) (\(ip))"
        case (let hostname?, nil): hostname
        case (nil, let ip?): ip
        case (nil, nil): ""
        }
    }
}
