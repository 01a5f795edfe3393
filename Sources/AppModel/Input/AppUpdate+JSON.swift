extension AppUpdate {
    /// Reads a body.
    ///
    /// - id: from the URL; wins over the body's.
    /// - base: what a relative id in the body resolves against: the enclosing group, `/` outside of group bodies.
    /// - dependencyBase: what relative dependencies resolve against (contracts/marathon.md §9.1): nil = the app's own id
    ///   (POST and PUT of one app); the enclosing group in a group body; `/` for a list of apps.
    ///
    /// Throws `.shape` (400) with every member of a wrong type, then `.invalid` (422) for ids that break the grammar, then
    /// `.illegal` (422) for a version that is not a time.
    public init(
        json: JSONValue, id: AppID? = nil, relativeTo base: AppID = .root, dependenciesRelativeTo dependencyBase: AppID? = nil
    ) throws(AppInputError) {
        let errors = ShapeErrors()
        guard let object = json.object else {
            throw .shape([Violation(path: "/", errors: ["error.expected.jsobject"])])
        }
        let reader = ObjectReader(object: object, errors: errors)
        self.init(id: id)
        readPlainFields(reader)
        readFetch(reader)
        readPorts(reader)
        readContainer(reader)
        let idText = reader.string("id", minimumLength: 1)
        let dependencyTexts = reader.strings("dependencies")
        let versionText = reader.string("version")
        guard errors.violations.isEmpty else { throw .shape(errors.violations) }

        if id == nil, let idText { self.id = try Self.id(idText, relativeTo: base, path: "/id") }
        if let dependencyTexts {
            var resolved: [AppID] = []
            for (index, text) in dependencyTexts.enumerated() {
                resolved.append(
                    try Self.id(text, relativeTo: dependencyBase ?? self.id ?? base, path: "/dependencies(\(index))"))
            }
            dependencies = resolved.withoutDuplicates
        }
        if let versionText {
            guard let time = Timestamp(versionText) else { throw .illegal("Invalid format: \"\(versionText)\"") }
            version = time
        }
    }

    /// Throws `.shape` when the body must have an id and has none.
    public func requiredID() throws(AppInputError) -> AppID {
        guard let id else { throw .shape([Violation(path: "/id", errors: ["error.path.missing"])]) }
        return id
    }

    private static func id(_ text: String, relativeTo base: AppID, path: String) throws(AppInputError) -> AppID {
        do {
            return try AppID(text, relativeTo: base)
        } catch {
            throw .invalid([Violation(path: path, errors: [error.message])])
        }
    }

    private mutating func readPlainFields(_ reader: ObjectReader) {
        cmd = reader.string("cmd", minimumLength: 1)
        args = reader.strings("args")
        user = reader.string("user")
        env = reader.map("env") { value, path in EnvironmentValue.read(value, path: path, errors: reader.errors) }
        secrets = reader.map("secrets") { value, path in
            guard let object = value.object else {
                reader.errors.report(path, "error.expected.jsobject")
                return nil
            }
            return ObjectReader(object: object, path: path, errors: reader.errors).requiredString("source")
        }
        instances = reader.int("instances")
        cpus = reader.double("cpus")
        mem = reader.double("mem")
        disk = reader.double("disk")
        gpus = reader.int("gpus")
        executor = reader.string("executor")
        constraints = Constraint.list("constraints", of: reader)
        storeURLs = reader.strings("storeUrls")
        requirePorts = reader.bool("requirePorts")
        backoffSeconds = reader.long("backoffSeconds")
        backoffFactor = reader.double("backoffFactor")
        maxLaunchDelaySeconds = reader.long("maxLaunchDelaySeconds")
        healthChecks = reader.objects("healthChecks", HealthCheck.init)
        readinessChecks = reader.objects("readinessChecks", ReadinessCheck.init)
        upgradeStrategy = reader.child("upgradeStrategy").map(UpgradeStrategy.init)
        labels = reader.stringMap("labels")
        acceptedResourceRoles = reader.strings("acceptedResourceRoles")?.withoutDuplicates
        if let acceptedResourceRoles, acceptedResourceRoles.isEmpty {
            reader.report("acceptedResourceRoles", "set must not be empty")
        }
        residency = reader.child("residency").map(Residency.init)
        taskKillGracePeriodSeconds = reader.long("taskKillGracePeriodSeconds")
        killSelection = reader.name("killSelection", kind: "kill selection")
        unreachableStrategy = UnreachableStrategy.read("unreachableStrategy", of: reader)
    }

    private mutating func readFetch(_ reader: ObjectReader) {
        let uris = reader.strings("uris")
        let entries = reader.objects("fetch", FetchURI.init)
        // Answers show both; sending both back is fine as long as they agree.
        if let uris, let entries, !uris.isEmpty, !entries.isEmpty, uris != entries.map(\.uri) {
            reader.errors.report("", "You cannot specify both uris and fetch fields")
        }
        switch (uris, entries) {
        case (let uris?, let entries?) where entries.isEmpty: fetch = uris.map(FetchURI.legacy)
        case (_, let entries?): fetch = entries
        case (let uris?, nil): fetch = uris.map(FetchURI.legacy)
        case (nil, nil): fetch = nil
        }
    }

    private mutating func readPorts(_ reader: ObjectReader) {
        let ports = reader.ints("ports")
        let definitions = reader.objects("portDefinitions", PortDefinition.init)
        ipAddress = reader.child("ipAddress").map(IPAddressPerTask.init)
        if let ports {
            let fixed = ports.filter { $0 != 0 }
            if Set(fixed).count != fixed.count { reader.report("ports", "Ports must be unique.") }
        }
        if let ports, let definitions, ports != definitions.map(\.port) {
            reader.errors.report("", "You cannot specify both ports and port definitions")
        }
        portDefinitions = definitions ?? ports?.map { PortDefinition(port: $0) }
        if ipAddress != nil, portDefinitions?.isEmpty == false {
            reader.errors.report("", "You cannot specify both an IP address and ports")
        }
    }

    private mutating func readContainer(_ reader: ObjectReader) {
        container = reader.child("container").flatMap(AppContainer.init)
        guard let networks = reader.objects("networks", NetworkMode.init) else { return }
        applyNetworks(networks, reader)
    }

    /// An entry of `networks`, the 1.5 way to say what `docker.network` and `ipAddress` say here.
    private struct NetworkMode {
        enum Mode: String { case host, bridge = "container/bridge", container }
        let mode: Mode
        let name: String?

        init?(_ reader: ObjectReader) {
            guard let mode: Mode = reader.has("mode") ? reader.name("mode", kind: "network mode") : .container else { return nil }
            self.mode = mode
            name = reader.string("name")
        }
    }

    private mutating func applyNetworks(_ networks: [NetworkMode], _ reader: ObjectReader) {
        guard let first = networks.first else { return }
        if networks.contains(where: { $0.mode != first.mode }) || (networks.count > 1 && first.mode != .container) {
            reader.report("networks", "Must be one host network, one bridge network, or n container networks")
        }
        let isDocker = container?.type == .docker && container?.docker != nil
        switch first.mode {
        case .host:
            if isDocker { container?.docker?.network = .host }
        case .bridge:
            if isDocker { container?.docker?.network = .bridge }
        case .container:
            if isDocker { container?.docker?.network = .user }
            if ipAddress == nil { ipAddress = IPAddressPerTask(networkName: first.name) }
            if portDefinitions == nil { portDefinitions = [] }
        }
    }
}

extension AppDefinition {
    /// Reads a complete definition: the body of POST, an element of `apps` of a group. For the bases see `AppUpdate`.
    public init(
        json: JSONValue, relativeTo base: AppID = .root, dependenciesRelativeTo dependencyBase: AppID? = nil, version: Timestamp
    ) throws(AppInputError) {
        let update = try AppUpdate(json: json, relativeTo: base, dependenciesRelativeTo: dependencyBase)
        self.init(id: try update.requiredID(), creating: update, version: version)
    }

    /// Reads back what `json` wrote, versions included.
    public init(stored json: JSONValue) throws(AppInputError) {
        let update = try AppUpdate(json: json)
        guard let version = update.version else {
            throw .shape([Violation(path: "/version", errors: ["error.path.missing"])])
        }
        self.init(id: try update.requiredID(), creating: update, version: version)
        if let info = json["versionInfo"], let scaled = info["lastScalingAt"]?.string.flatMap({ Timestamp($0) }),
            let changed = info["lastConfigChangeAt"]?.string.flatMap({ Timestamp($0) })
        {
            versionInfo = VersionInfo(lastScalingAt: scaled, lastConfigChangeAt: changed)
        }
    }
}

extension AppDefinition: Codable {
    public init(from decoder: any Decoder) throws {
        let json = try JSONValue(from: decoder)
        do {
            try self.init(stored: json)
        } catch {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: error.description))
        }
    }

    public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}
