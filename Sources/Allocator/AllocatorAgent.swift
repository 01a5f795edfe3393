import ResourceModel

extension Allocator {
    /// A framework in one of its roles: what shares, filters and suppression belong to.
    struct Client: Sendable, Hashable, Comparable {
        var framework: FrameworkID
        var role: String

        static func < (a: Client, b: Client) -> Bool { (a.framework, a.role) < (b.framework, b.role) }
    }

    /// Refuses allocations that fit into what was refused.
    struct Filter: Sendable {
        var refused: Resources
        /// In the caller's seconds.
        var until: Double
    }

    struct Agent: Sendable {
        private(set) var total: Resources
        var isActive: Bool
        /// Offered or used.
        private(set) var allocated: [Client: Resources] = [:]
        /// Derived: `total` without all of `allocated`.
        private(set) var available: Resources
        /// Derived: there is enough left to be offered.
        private(set) var hasRoom: Bool
        /// Derived: everything is unreserved and not revocable, so that every role sees the same.
        private(set) var isPlain: Bool
        private(set) var hasGPUs: Bool
        /// More is allocated than there is (tasks found after the agent shrank): nothing can be derived step by step.
        private var isOvercommitted = false
        /// Who declined something here since everybody was last asked.
        var declined: Set<Client> = []
        var filters: [Client: [Filter]] = [:]
        /// What somebody would take; less is no room.
        var floor: MinimumAllocation {
            didSet { hasRoom = floor.isMet(by: available) && !available.isEmpty }
        }

        init(total: Resources, isActive: Bool, floor: MinimumAllocation) {
            self.total = total
            self.isActive = isActive
            self.available = total
            self.floor = floor
            self.hasRoom = floor.isMet(by: total) && !total.isEmpty
            self.isPlain = total.isPlain
            self.hasGPUs = total.thousandths("gpus") > 0
        }

        mutating func setTotal(_ new: Resources) {
            total = new
            isPlain = new.isPlain
            hasGPUs = new.thousandths("gpus") > 0
            derive()
        }

        mutating func add(_ resources: Resources, to client: Client) {
            allocated[client, default: Resources()] += resources
            if isOvercommitted || !available.contains(resources) { return derive() }
            available -= resources
            hasRoom = floor.isMet(by: available) && !available.isEmpty
        }

        /// What was really taken back.
        mutating func remove(_ resources: Resources, from client: Client) -> Resources {
            guard let have = allocated[client] else { return Resources() }
            let rest = have - resources
            let freed = have.contains(resources) ? resources : have - rest
            allocated[client] = rest.isEmpty ? nil : rest
            if isOvercommitted {
                derive()
            } else {
                available += freed
                hasRoom = floor.isMet(by: available) && !available.isEmpty
            }
            return freed
        }

        mutating func move(_ old: Client, to new: Client) {
            if let resources = allocated.removeValue(forKey: old) { allocated[new, default: Resources()] += resources }
        }

        private mutating func derive() {
            available = total
            isOvercommitted = false
            for resources in allocated.values {
                if !available.contains(resources) { isOvercommitted = true }
                available -= resources
            }
            hasRoom = floor.isMet(by: available) && !available.isEmpty
        }

        /// What the role may be offered here.
        func offerable(to role: String, unreserved: Bool, revocable: Bool) -> Resources {
            if isPlain { return unreserved ? available : Resources() }
            return available.filter { kind in
                // What is reserved for a role is for those below it, too.
                (kind.role == "*" ? unreserved : kind.role == role || role.hasPrefix(kind.role + "/")) && (revocable || !kind.revocable)
            }
        }
    }
}

extension Resources {
    /// Everything is unreserved and not revocable.
    var isPlain: Bool { allKinds { $0.role == "*" && !$0.revocable } }
}
