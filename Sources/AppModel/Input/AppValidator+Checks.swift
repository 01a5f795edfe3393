extension AppValidator {
    func checkHealthChecks(_ app: AppDefinition, _ list: inout ViolationList) {
        for (index, check) in app.healthChecks.enumerated() {
            let path = "/healthChecks(\(index))"
            list.checkNotNegative(check.gracePeriodSeconds, "\(path)/gracePeriodSeconds")
            list.checkNotNegative(check.intervalSeconds, "\(path)/intervalSeconds")
            list.checkNotNegative(check.timeoutSeconds, "\(path)/timeoutSeconds")
            list.checkNotNegative(check.maxConsecutiveFailures, "\(path)/maxConsecutiveFailures")
            if let delay = check.delaySeconds { list.checkNotNegative(delay, "\(path)/delaySeconds") }
            if check.protocol == .command {
                list.check(check.command?.isEmpty == false, "\(path)/command", "must not be empty")
                continue
            }
            if let port = check.port { list.checkPort(port, "\(path)/port") }
            let addressesAPort: Bool =
                if let portIndex = check.portIndex {
                    (0..<app.portCount).contains(portIndex)
                } else {
                    check.port != nil
                }
            list.check(
                addressesAPort, path,
                "Health check port indices must address an element of the ports array or container port mappings.")
        }
    }

    func checkReadinessChecks(_ app: AppDefinition, _ list: inout ViolationList) {
        list.check(app.readinessChecks.count <= 1, "/readinessChecks", "At most one readiness check is currently supported")
        for (index, check) in app.readinessChecks.enumerated() {
            let path = "/readinessChecks(\(index))"
            list.checkNotEmpty(check.name, "\(path)/name")
            list.checkNotEmpty(check.path, "\(path)/path")
            list.check(check.intervalSeconds > 0, "\(path)/intervalSeconds", "got \(check.intervalSeconds), expected more than 0")
            list.check(check.timeoutSeconds > 0, "\(path)/timeoutSeconds", "got \(check.timeoutSeconds), expected more than 0")
            list.check(
                check.timeoutSeconds < check.intervalSeconds, "\(path)/timeoutSeconds",
                "Timeout must be shorter than the interval")
            list.check(!check.httpStatusCodesForReady.isEmpty, "\(path)/httpStatusCodesForReady", "must not be empty")
            list.check(
                app.portNames.contains(check.portName), "\(path)/portName",
                "No port of the app is named '\(check.portName)'")
        }
    }

    func checkContainer(_ app: AppDefinition, _ list: inout ViolationList) {
        checkResidency(app, &list)
        guard let container = app.container else { return }
        if container.type == .docker {
            list.check(container.docker != nil, "/container/docker", "must not be empty")
        }
        if container.docker != nil, container.appc != nil {
            list.add("/container", "may contain either docker or appc, not both")
        }
        if let docker = container.docker { list.checkNotEmpty(docker.image, "/container/docker/image") }
        if let appc = container.appc {
            list.checkNotEmpty(appc.image, "/container/appc/image")
            if let id = appc.id { list.check(id.hasPrefix("sha512-"), "/container/appc/id", "must start with 'sha512-'") }
        }
        checkPortMappings(container, &list)
        for (index, volume) in container.volumes.enumerated() {
            checkVolume(volume, of: app, path: "/container/volumes(\(index))", &list)
        }
    }

    private func checkResidency(_ app: AppDefinition, _ list: inout ViolationList) {
        if app.residency != nil, app.persistentVolumes.isEmpty {
            list.add("/", "AppDefinition must contain persistent volumes and define residency")
        }
        if let residency = app.residency {
            list.checkNotNegative(residency.relaunchEscalationTimeoutSeconds, "/residency/relaunchEscalationTimeoutSeconds")
        }
    }

    private func checkPortMappings(_ container: AppContainer, _ list: inout ViolationList) {
        for (index, mapping) in container.portMappings.enumerated() {
            let path = "/container/docker/portMappings(\(index))"
            list.checkPort(mapping.containerPort, "\(path)/containerPort")
            if let hostPort = mapping.hostPort { list.checkPort(hostPort, "\(path)/hostPort") }
            list.checkPort(mapping.servicePort, "\(path)/servicePort")
            let protocols = mapping.protocol.split(separator: ",", omittingEmptySubsequences: false)
            list.check(
                protocols.allSatisfy { $0 == "tcp" || $0 == "udp" }, "\(path)/protocol", "is not one of (tcp,udp)")
            list.checkUnique(protocols, "\(path)/protocol", "Protocols must be unique.")
            list.checkPortName(mapping.name, "\(path)/name")
        }
        list.checkUnique(
            container.portMappings.compactMap(\.name), "/container/docker/portMappings", "Port names must be unique.")
    }

    private func checkVolume(_ volume: AppVolume, of app: AppDefinition, path: String, _ list: inout ViolationList) {
        list.checkNotEmpty(volume.containerPath, "\(path)/containerPath")
        if volume.hostPath != nil, volume.persistent != nil {
            list.add(path, "hostPath may not be set with persistent")
        }
        if volume.hostPath != nil, volume.external != nil { list.add(path, "hostPath may not be set with external") }
        if volume.external != nil, volume.persistent != nil { list.add(path, "persistent may not be set with external") }
        if let persistent = volume.persistent {
            checkPersistent(persistent, volume, path: path, &list)
        } else if let external = volume.external {
            checkExternal(external, volume, of: app, path: path, &list)
        } else {
            list.check(volume.hostPath?.isEmpty == false, "\(path)/hostPath", "must not be empty")
        }
    }

    private func checkPersistent(
        _ persistent: AppVolume.Persistent, _ volume: AppVolume, path: String, _ list: inout ViolationList
    ) {
        list.check(persistent.size > 0, "\(path)/persistent/size", "got \(persistent.size), expected more than 0")
        list.check(volume.mode == .readWrite, "\(path)/mode", "must be RW for persistent volumes")
        let containerPath = volume.containerPath
        list.check(
            !containerPath.contains("/") && containerPath != "." && containerPath != "..", "\(path)/containerPath",
            "must not contain a slash and must not be '.' or '..'")
        if let type = persistent.type {
            list.check(["root", "path", "mount"].contains(type), "\(path)/persistent/type", "is not one of (root,path,mount)")
        }
        if let maxSize = persistent.maxSize {
            list.check(persistent.type == "mount", "\(path)/persistent/maxSize", "only mount volumes can have maxSize")
            list.check(maxSize > persistent.size, "\(path)/persistent/maxSize", "must be more than size")
        }
        checkConstraints(persistent.constraints ?? [], path: "\(path)/persistent/constraints", &list)
    }

    private func checkExternal(
        _ external: AppVolume.External, _ volume: AppVolume, of app: AppDefinition, path: String, _ list: inout ViolationList
    ) {
        list.check(
            features.contains(.externalVolumes), "\(path)/external",
            "Feature external_volumes is not enabled. Enable with --enable_features external_volumes)")
        let path = "\(path)/external"
        let pattern = "must fully match regular expression '^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$'"
        list.check(Self.isVolumeName(external.name), "\(path)/name", pattern)
        list.check(Self.isVolumeName(external.provider), "\(path)/provider", pattern)
        list.check(external.provider == "dvdi", "\(path)/provider", "is unknown provider")
        for key in external.options.keys.sorted() {
            let parts = key.split(separator: "/", omittingEmptySubsequences: false)
            list.check(parts.count == 2 && parts.allSatisfy { !$0.isEmpty }, "\(path)/options(\(key))", "must have the form prefix/name")
        }
        list.check(
            external.options["dvdi/driver"]?.isEmpty == false, "\(path)/options(dvdi/driver)", "must not be empty")
        checkDriverOptions(external.options, path: path, &list)
        if let size = external.size { list.check(size > 0, "\(path)/size", "got \(size), expected more than 0") }
        list.check(app.instances <= 1, "/instances", "got \(app.instances), expected 1 or less")
        if app.container?.type == .docker {
            list.check(volume.containerPath.hasPrefix("/"), "\(path)/containerPath", "must be an absolute path")
            list.check(external.size == nil, "\(path)/size", "must be undefined for Docker containers")
            list.check(
                external.options.keys.allSatisfy { $0 == "dvdi/driver" }, "\(path)/options",
                "only dvdi/driver is allowed for Docker containers")
        } else {
            list.check(volume.mode == .readWrite, "\(path)/mode", "must be RW")
            list.check(!volume.containerPath.contains("/"), "\(path)/containerPath", "must not contain a slash")
        }
    }

    private func checkDriverOptions(_ options: [String: String], path: String, _ list: inout ViolationList) {
        guard options["dvdi/driver"] == "rexray" else { return }
        for key in ["dvdi/volumetype", "dvdi/newfstype"] {
            if let value = options[key] { list.check(Self.isVolumeName(value), "\(path)/options(\(key))", "must be a label") }
        }
        if let iops = options["dvdi/iops"] {
            list.check((Int(iops) ?? 0) > 0, "\(path)/options(dvdi/iops)", "must be a natural number")
        }
        if let overwrite = options["dvdi/overwritefs"] {
            list.check(["true", "false"].contains(overwrite), "\(path)/options(dvdi/overwritefs)", "is not one of (true,false)")
        }
    }

    private static func isVolumeName(_ text: String) -> Bool { !text.contains(".") && AppID.isSegment(text) }

    /// What an update may not change once the old or the new definition is resident (contracts/marathon.md §9.4).
    public func residencyViolations(from previous: AppDefinition, to app: AppDefinition) -> [Violation] {
        guard previous.isResident || app.isResident else { return [] }
        var list = ViolationList()
        list.check(
            Set(previous.persistentVolumes) == Set(app.persistentVolumes), "/container/volumes",
            "Persistent volumes can not be changed!")
        let keepsResources =
            previous.cpus == app.cpus && previous.mem == app.mem && previous.disk == app.disk && previous.gpus == app.gpus
            && previous.portDefinitions == app.portDefinitions
        list.check(keepsResources, "/", "Resident Tasks may not change resource requirements!")
        return list.violations
    }
}
