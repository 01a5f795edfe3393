extension AppDefinition {
    /// The app as answers of the HTTP API show it: every field, absent ones as null (contracts/marathon.md §2, §8).
    public var json: JSONValue {
        var object = JSONObject([
            ("id", .string(id.description)),
            ("cmd", JSONValue(cmd)),
            ("args", args.map { JSONValue($0) } ?? .null),
            ("user", JSONValue(user)),
            ("env", Self.sorted(env, \.json)),
            ("secrets", Self.sorted(secrets) { ["source": .string($0)] }),
            ("instances", JSONValue(instances)),
            ("cpus", .double(cpus)),
            ("mem", .double(mem)),
            ("disk", .double(disk)),
            ("gpus", JSONValue(gpus)),
            ("executor", .string(executor)),
            ("constraints", .array(constraints.map(\.json))),
            ("uris", JSONValue(fetch.map(\.uri))),
            ("fetch", .array(fetch.map(\.json))),
            ("storeUrls", JSONValue(storeURLs)),
            ("backoffSeconds", JSONValue(backoffSeconds)),
            ("backoffFactor", .double(backoffFactor)),
            ("maxLaunchDelaySeconds", JSONValue(maxLaunchDelaySeconds)),
            ("container", container?.json ?? .null),
            ("healthChecks", .array(healthChecks.map(\.json))),
            ("readinessChecks", .array(readinessChecks.map(\.json))),
            ("dependencies", JSONValue(dependencies.map(\.description))),
            ("upgradeStrategy", upgradeStrategy.json),
            ("labels", JSONValue(labels)),
            ("acceptedResourceRoles", acceptedResourceRoles.map { JSONValue($0) } ?? .null),
            ("ipAddress", ipAddress?.json ?? .null),
            ("residency", residency?.json ?? .null),
            ("taskKillGracePeriodSeconds", JSONValue(taskKillGracePeriodSeconds)),
        ])
        if ipAddress == nil {
            object.append("ports", JSONValue(servicePorts))
            object.append("portDefinitions", .array(portDefinitions.map(\.json)))
            object.append("requirePorts", .bool(requirePorts))
        }
        if let killSelection { object.append("killSelection", .string(killSelection.rawValue)) }
        if let unreachableStrategy { object.append("unreachableStrategy", unreachableStrategy.json) }
        object.append("version", .string(version.description))
        if let versionInfo { object.append("versionInfo", versionInfo.json) }
        return .object(object)
    }

    private static func sorted<Value>(_ map: [String: Value], _ json: (Value) -> JSONValue) -> JSONValue {
        .object(JSONObject(map.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) }))
    }
}
