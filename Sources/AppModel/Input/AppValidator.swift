/// The rules an app must keep by itself (contracts/marathon.md §8): every violation with its path.
///
///     let violations = AppValidator(features: [.secrets]).violations(of: app)
///     guard violations.isEmpty else { throw AppInputError.invalid(violations) }
///
/// Shape errors were found while the app was read (`AppInputError.shape`). What needs the other apps (cycles, ids of
/// groups, names of external volumes) is checked by `AppTree`.
public struct AppValidator: Sendable {
    public var features: Set<Feature>

    public init(features: Set<Feature> = []) { self.features = features }

    /// Throws what is wrong with a definition as the answer to give.
    public func validate(_ app: AppDefinition) throws(AppInputError) {
        // Checked by the original while the object is built: one sentence, no details.
        if app.ipAddress != nil, !app.portDefinitions.isEmpty {
            throw .illegal("requirement failed: IP address and ports are not allowed at the same time. Send \"ports\": [] with it.")
        }
        let violations = violations(of: app)
        if !violations.isEmpty { throw .invalid(violations) }
    }

    /// Paths are relative to the app. Empty when all is well.
    public func violations(of app: AppDefinition) -> [Violation] {
        var list = ViolationList()
        checkIdentity(app, &list)
        checkCommand(app, &list)
        checkEnvironment(app, &list)
        checkResources(app, &list)
        checkConstraints(app.constraints, path: "/constraints", &list)
        checkFetch(app, &list)
        checkPorts(app, &list)
        checkTimes(app, &list)
        checkContainer(app, &list)
        checkIPAddress(app, &list)
        checkHealthChecks(app, &list)
        checkReadinessChecks(app, &list)
        checkUpgradeStrategy(app, &list)
        checkRoles(app, &list)
        checkLabels(app, &list)
        return list.violations
    }

    private func checkIdentity(_ app: AppDefinition, _ list: inout ViolationList) {
        list.check(!app.id.isRoot, "/id", AppID.InvalidSegment(segment: "").message)
        if let last = app.id.lastSegment, ["restart", "tasks", "versions"].contains(last) {
            // Such ids could not be told from the routes below an app.
            list.add("/id", "must not end with any of the reserved names: restart, tasks, versions")
        }
    }

    private func checkCommand(_ app: AppDefinition, _ list: inout ViolationList) {
        let hasImage = app.container?.hasImage ?? false
        let isGood = (app.cmd != nil) != (app.args != nil) || (app.cmd == nil && app.args == nil && hasImage)
        list.check(isGood, "/", "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.")
        let path = app.executor.hasPrefix("/") ? app.executor.dropFirst() : app.executor[...]
        let isPath = path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
        list.check(
            app.executor.isEmpty || app.executor == "//cmd" || isPath, "/executor",
            "must fully match regular expression '^(//cmd)|(/?[^/]+(/[^/]+)*)|$'")
    }

    private func checkEnvironment(_ app: AppDefinition, _ list: inout ViolationList) {
        for (name, value) in app.env.sorted(by: { $0.key < $1.key }) {
            list.checkNotEmpty(name, "/env()")
            if case .secret(let secret) = value, app.secrets[secret] == nil {
                list.add("/env(\(name))", "references an undefined secret named '\(secret)'")
            }
        }
        for (name, source) in app.secrets.sorted(by: { $0.key < $1.key }) {
            list.checkNotEmpty(name, "/secrets()")
            list.checkNotEmpty(source, "/secrets(\(name))/source")
        }
        if !app.secrets.isEmpty, !features.contains(.secrets) {
            list.add("/secrets", "Feature secrets is not enabled. Enable with --enable_features secrets)")
        }
    }

    private func checkResources(_ app: AppDefinition, _ list: inout ViolationList) {
        list.checkNotNegative(app.instances, "/instances")
        list.checkNotNegative(app.cpus, "/cpus")
        list.checkNotNegative(app.mem, "/mem")
        list.checkNotNegative(app.disk, "/disk")
        list.checkNotNegative(app.gpus, "/gpus")
        guard app.gpus > 0 else { return }
        list.check(
            features.contains(.gpuResources), "/gpus",
            "Feature gpu_resources is not enabled. Enable with --enable_features gpu_resources)")
        list.check(app.container?.type != .docker, "/", "GPU resources only work with the Mesos containerizer")
    }

    func checkConstraints(_ constraints: [Constraint], path: String, _ list: inout ViolationList) {
        for (index, constraint) in constraints.enumerated() {
            let path = "\(path)(\(index))"
            switch constraint.operator {
            case .unique: list.check(constraint.value == nil, path, "Value specified but not used")
            case .cluster: list.check(constraint.value?.isEmpty == false, path, "Missing value")
            case .groupBy:
                if let value = constraint.value {
                    list.check(Int(value) != nil, path, "Value was specified but is not a number")
                }
            case .maxPer:
                list.check(constraint.value.flatMap { Int($0) } != nil, path, "Value was specified but is not a number")
            case .like, .unlike:
                guard let value = constraint.value else {
                    list.add(path, "A regular expression value must be provided")
                    continue
                }
                list.check((try? Regex(value)) != nil, path, "'\(value)' is not a valid regular expression")
            }
        }
    }

    private func checkFetch(_ app: AppDefinition, _ list: inout ViolationList) {
        for (index, entry) in app.fetch.enumerated() {
            list.check(Self.isURI(entry.uri), "/fetch(\(index))/uri", "URI has invalid syntax.")
        }
        for (index, url) in app.storeURLs.enumerated() {
            list.check(Self.isURI(url) && url.contains("://"), "/storeUrls(\(index))", "URL could not be resolved.")
        }
    }

    /// Characters RFC 3986 never allows bare, and escapes that are none, make a URI invalid.
    static func isURI(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let refused: Set<UInt8> = Set("\"<>\\^`{|}".utf8)
        for (index, byte) in bytes.enumerated() {
            if byte <= 0x20 || byte == 0x7F || refused.contains(byte) { return false }
            if byte == UInt8(ascii: "%") {
                guard index + 2 < bytes.count,
                    bytes[(index + 1)...(index + 2)].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
                else { return false }
            }
        }
        guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") else { return true }
        // A scheme begins with a letter and has something behind it.
        return text[..<colon].first.map { $0.isASCII && $0.isLetter } == true && text.index(after: colon) < text.endIndex
    }

    private func checkPorts(_ app: AppDefinition, _ list: inout ViolationList) {
        for (index, definition) in app.portDefinitions.enumerated() {
            let path = "/portDefinitions(\(index))"
            list.checkPort(definition.port, "\(path)/port")
            list.check(
                ["tcp", "udp", "udp,tcp", "tcp,udp"].contains(definition.protocol), "\(path)/protocol",
                "is not one of (tcp,udp,udp,tcp)")
            list.checkPortName(definition.name, "\(path)/name")
        }
        guard app.portMappings.isEmpty else { return }
        list.checkUnique(app.portDefinitions.compactMap(\.name), "/portDefinitions", "Port names must be unique.")
        list.checkUnique(app.portDefinitions.map(\.port).filter { $0 != 0 }, "/portDefinitions", "Ports must be unique.")
    }

    private func checkTimes(_ app: AppDefinition, _ list: inout ViolationList) {
        list.checkNotNegative(app.backoffSeconds, "/backoffSeconds")
        list.checkNotNegative(app.backoffFactor, "/backoffFactor")
        list.checkNotNegative(app.maxLaunchDelaySeconds, "/maxLaunchDelaySeconds")
        if let seconds = app.taskKillGracePeriodSeconds { list.checkNotNegative(seconds, "/taskKillGracePeriodSeconds") }
        if case .enabled(let inactive, let expunge)? = app.unreachableStrategy {
            list.checkNotNegative(inactive, "/unreachableStrategy/inactiveAfterSeconds")
            list.check(
                inactive <= expunge, "/unreachableStrategy/inactiveAfterSeconds",
                "inactiveAfterSeconds must be less or equal to expungeAfterSeconds")
        }
    }

    private func checkIPAddress(_ app: AppDefinition, _ list: inout ViolationList) {
        guard let address = app.ipAddress else { return }
        let ports = address.discoveryPorts
        for (index, port) in ports.enumerated() {
            let path = "/ipAddress/discovery/ports(\(index))"
            list.checkPort(port.number, "\(path)/number")
            list.checkPortName(port.name, "\(path)/name")
            list.check(["tcp", "udp"].contains(port.protocol), "\(path)/protocol", "is not one of (tcp,udp)")
        }
        list.checkUnique(ports.map(\.name), "/ipAddress/discovery/ports", "Port names are not unique!")
        list.checkUnique(
            ports.map { "\($0.number)/\($0.protocol)" }, "/ipAddress/discovery/ports",
            "There may be only one port with a particular port number/protocol combination.")
        let network = app.container?.docker?.network
        if !ports.isEmpty, app.container?.type == .docker, network == .bridge || network == .user {
            list.add("/ipAddress", "ipAddress/discovery is not allowed for Docker containers using BRIDGE or USER networks")
        }
    }

    private func checkUpgradeStrategy(_ app: AppDefinition, _ list: inout ViolationList) {
        let strategy = app.upgradeStrategy
        list.checkFraction(strategy.minimumHealthCapacity, "/upgradeStrategy/minimumHealthCapacity")
        list.checkFraction(strategy.maximumOverCapacity, "/upgradeStrategy/maximumOverCapacity")
        if app.isResident || !app.externalVolumes.isEmpty {
            list.check(
                strategy.maximumOverCapacity == 0, "/upgradeStrategy/maximumOverCapacity",
                "got \(strategy.maximumOverCapacity), expected 0.0")
        }
        guard app.isSingleInstance else { return }
        list.check(app.instances <= 1, "/instances", "Single instance app may only have one instance")
        list.check(
            strategy.minimumHealthCapacity == 0, "/upgradeStrategy/minimumHealthCapacity",
            "got \(strategy.minimumHealthCapacity), expected 0.0")
        list.check(
            strategy.maximumOverCapacity == 0, "/upgradeStrategy/maximumOverCapacity",
            "got \(strategy.maximumOverCapacity), expected 0.0")
    }

    private func checkRoles(_ app: AppDefinition, _ list: inout ViolationList) {
        guard let roles = app.acceptedResourceRoles else { return }
        for role in roles where !Self.isRole(role) {
            list.add("/acceptedResourceRoles", "'\(role)' is not a valid role name")
        }
        if app.isResident, roles != ["*"] {
            list.add(
                "/acceptedResourceRoles",
                "A resident app must have `acceptedResourceRoles = [\"*\"]`.")
        }
    }

    /// The role names of Mesos.
    private static func isRole(_ role: String) -> Bool {
        let refused: Set<Unicode.Scalar> = ["/", "\u{7F}", " ", "\t", "\n", "\u{0B}", "\u{0C}", "\r", "\u{08}"]
        return !role.isEmpty && role != "." && role != ".." && !role.hasPrefix("-")
            && !role.unicodeScalars.contains(where: refused.contains)
    }

    private func checkLabels(_ app: AppDefinition, _ list: inout ViolationList) {
        guard let version = app.labels["DCOS_MIGRATION_API_VERSION"], !version.isEmpty else { return }
        list.check(version == "v1", "/labels(DCOS_MIGRATION_API_VERSION)", "is not one of (v1)")
        for label in ["DCOS_PACKAGE_FRAMEWORK_NAME", "DCOS_MIGRATION_API_PATH"] {
            list.check(app.labels[label]?.isEmpty == false, "/labels(\(label))", "must not be empty")
        }
    }
}
