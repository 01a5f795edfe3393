/// RESERVE, UNRESERVE, CREATE, DESTROY, GROW_VOLUME or SHRINK_VOLUME: turns resources of an agent into others of the same amounts
/// (contracts/mesos.md §4.7, §8.5, §12.4).
public struct ReservationOperation: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case reserve = "RESERVE"
        case unreserve = "UNRESERVE"
        case create = "CREATE"
        case destroy = "DESTROY"
        case growVolume = "GROW_VOLUME"
        case shrinkVolume = "SHRINK_VOLUME"
    }

    /// Why an operation is not carried out: `Invalid RESERVE operation: …`.
    public struct Problem: Error, Hashable, CustomStringConvertible {
        public var description: String
        init(_ kind: Kind, _ why: String) { self.description = "Invalid \(kind.rawValue) operation: \(why)" }
    }

    /// Who asks, and what there is.
    public struct Context: Sendable {
        /// Nil without authentication.
        public var principal: String?
        /// The role in which a framework was offered the resources; nil for an operator.
        public var role: String?
        /// All dynamic reservations and volumes of the agent.
        public var checkpointed: Resources

        public init(principal: String? = nil, role: String? = nil, checkpointed: Resources) {
            self.principal = principal
            self.role = role
            self.checkpointed = checkpointed
        }
    }

    public var kind: Kind
    /// GROW_VOLUME: the volume and the addition; SHRINK_VOLUME: the volume.
    public var resources: [Resource]
    /// What SHRINK_VOLUME takes off, in MB.
    public var subtract: Double = 0

    public init(_ kind: Kind, _ resources: [Resource]) {
        self.kind = kind
        self.resources = resources
    }

    /// Nil for one that launches.
    public init?(_ operation: Operation) {
        switch operation.type {
        case .reserve: self.init(.reserve, operation.reserve?.resources ?? [])
        case .unreserve: self.init(.unreserve, operation.unreserve?.resources ?? [])
        case .create: self.init(.create, operation.create?.volumes ?? [])
        case .destroy: self.init(.destroy, operation.destroy?.volumes ?? [])
        case .growVolume: self.init(.growVolume, operation.grow_volume.map { [$0.volume, $0.addition] } ?? [])
        case .shrinkVolume:
            self.init(.shrinkVolume, operation.shrink_volume.map { [$0.volume] } ?? [])
            subtract = operation.shrink_volume?.subtract.value ?? 0
        case .launch, .launchGroup: return nil
        }
    }

    /// What must be there and goes.
    public var consumed: Resources { Resources(makes ? resources.map(plain) : resources) }
    /// What comes instead.
    public var produced: Resources {
        switch kind {
        case .growVolume: Resources(resources.prefix(1).map { $0.adding(resources.dropFirst().first?.scalar?.value ?? 0) })
        case .shrinkVolume:
            Resources(
                resources.flatMap { volume in
                    var rest = volume.withoutVolume
                    rest.scalar = ScalarValue(value: subtract)
                    return [volume.adding(-subtract), rest]
                })
        default: Resources(makes ? resources : resources.map(plain))
        }
    }

    private var makes: Bool { kind == .reserve || kind == .create }

    /// The entry without the reservation or the volume.
    private func plain(_ resource: Resource) -> Resource {
        switch kind {
        case .reserve, .unreserve: resource.unreserved
        case .create, .destroy: resource.withoutVolume
        case .growVolume, .shrinkVolume: resource
        }
    }

    /// `resources` after the operation.
    public func applied(to resources: Resources) throws(Problem) -> Resources {
        guard resources.contains(consumed) else { throw Problem(kind, "\(consumed) is not contained in \(resources)") }
        return resources - consumed + produced
    }

    // MARK: Validation

    public func validate(in context: Context) throws(Problem) {
        guard !resources.isEmpty else { throw Problem(kind, "No resources specified") }
        var ids: Set<String> = []
        for resource in resources {
            if let why = resource.invalidity { throw Problem(kind, "Invalid resources: \(why)") }
            if let why = problem(with: resource, in: context) { throw Problem(kind, why) }
            if let id = resource.disk?.persistence?.id, !ids.insert("\(resource.role)/\(id)").inserted {
                throw Problem(kind, "Persistent volume ID '\(id)' is used twice")
            }
        }
    }

    private func problem(with resource: Resource, in context: Context) -> String? {
        switch kind {
        case .reserve: problemWithReserving(resource, context)
        case .unreserve: problemWithUnreserving(resource)
        case .create: problemWithCreating(resource, context)
        case .destroy: problemWithDestroying(resource, context)
        case .growVolume: resource == resources.first ? problemWithGrowing(resource, context) : nil
        case .shrinkVolume: problemWithShrinking(resource, context)
        }
    }

    private func problemWithReserving(_ resource: Resource, _ context: Context) -> String? {
        guard resource.role != "*", let reservation = resource.reservation else {
            return "Resource \(resource) is not dynamically reserved"
        }
        if resource.revocable != nil { return "Resource \(resource) is revocable and cannot be reserved" }
        if resource.disk?.persistence != nil { return "A persistent volume \(resource) must already be reserved" }
        if let role = context.role, role != resource.role {
            return role == "*"
                ? "A framework of role '*' cannot reserve resources"
                : "The reserved resource's role '\(resource.role)' does not match the framework's role '\(role)'"
        }
        if let principal = context.principal, reservation.principal != principal {
            return "A reserve operation was attempted by principal '\(principal)', but there is a reserved resource in the request with "
                + (reservation.principal.map { "principal '\($0)' set in `ReservationInfo`" } ?? "no principal set in `ReservationInfo`")
        }
        return nil
    }

    private func problemWithUnreserving(_ resource: Resource) -> String? {
        if resource.role == "*" || resource.reservation == nil { return "Resource \(resource) is not dynamically reserved" }
        if resource.disk?.persistence != nil {
            return "A dynamically reserved persistent volume \(resource) cannot be unreserved directly; destroy the volume first"
        }
        return nil
    }

    private func problemWithCreating(_ resource: Resource, _ context: Context) -> String? {
        guard let disk = resource.disk, let persistence = disk.persistence else { return "Resource \(resource) is not a persistent volume" }
        if resource.role == "*" { return "Persistent volumes cannot be created from unreserved resources" }
        if resource.revocable != nil { return "Persistent volumes cannot be created from revocable resources" }
        if let why = Self.problem(withVolumeID: persistence.id) { return why }
        guard let volume = disk.volume else { return "Expecting 'volume' to be set for persistent volume '\(persistence.id)'" }
        if volume.mode != "RW" { return "Read-only persistent volume not supported" }
        if volume.host_path != nil { return "Expecting 'host_path' to be unset for persistent volume '\(persistence.id)'" }
        if volume.container_path.isEmpty || volume.container_path.split(separator: "/").contains("..") {
            return "The container path '\(volume.container_path)' of persistent volume '\(persistence.id)' is not allowed"
        }
        let isTaken = !context.checkpointed.allKinds { $0.role != resource.role || $0.disk?.persistence?.id != persistence.id }
        return isTaken ? "Persistent volume ID '\(persistence.id)' already exists for role '\(resource.role)'" : nil
    }

    private func problemWithDestroying(_ resource: Resource, _ context: Context) -> String? {
        if resource.disk?.persistence == nil { return "Resource \(resource) is not a persistent volume" }
        return context.checkpointed.contains(Resources([resource])) ? nil : "Persistent volume \(resource) does not exist"
    }

    private func problemWithGrowing(_ volume: Resource, _ context: Context) -> String? {
        guard let addition = resources.dropFirst().first else { return "Expecting 'addition' to be present" }
        if Resources([addition]).isEmpty { return "The size of 'GrowVolume.addition' field must be greater than zero" }
        if let problem = problemWithDestroying(volume, context) { return problem }
        var rest = volume.withoutVolume
        rest.scalar = addition.scalar
        rest.allocation_info = addition.allocation_info
        if rest != addition || volume.disk?.source?.type == .mount {
            return "Incompatible resources in the 'GrowVolume.volume' and 'GrowVolume.addition' fields"
        }
        return nil
    }

    private func problemWithShrinking(_ volume: Resource, _ context: Context) -> String? {
        let size = Resources([volume]).thousandths("disk")
        guard subtract.isFinite, subtract * 1000 >= 0.5 else { return "Value of 'ShrinkVolume.subtract' must be greater than zero" }
        if subtract >= Double(size) / 1000 {
            return "Value of 'ShrinkVolume.subtract' must be smaller than the size of 'ShrinkVolume.volume'"
        }
        if volume.disk?.source?.type == .mount { return "Shrinking a volume on a MOUNT disk is not supported" }
        return problemWithDestroying(volume, context)
    }

    /// Ids become directory names.
    private static func problem(withVolumeID id: String) -> String? {
        let isBad =
            id.isEmpty || id == "." || id == ".." || id.utf8.count > 255
            || id.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0.value <= 0x20 || $0.value == 0x7f }
        return isBad ? "Persistence ID '\(id)' contains invalid characters" : nil
    }
}
