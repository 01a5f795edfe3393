import AppModel
import ClusterState
import FoundationEssentials

/// What is stored of an app besides its present definition: its older versions.
struct AppRecord: Sendable {
    /// By version; the present one is among them.
    var versions: [Timestamp: MarathonAppVersionRecord] = [:]
    /// Definitions without `instances` by the time of the configuration change, as stored.
    var specs: [Timestamp: Data] = [:]

    static func versionRecord(of definition: AppDefinition) -> MarathonAppVersionRecord {
        let configuration = definition.configurationTime
        return MarathonAppVersionRecord(
            spec: configuration.description, instances: definition.instances,
            lastScalingAt: (definition.versionInfo?.lastScalingAt ?? definition.version).description,
            lastConfigChangeAt: configuration.description)
    }

    /// The spec node of a definition: everything but the number of instances, which changes more often.
    static func specData(of definition: AppDefinition) -> Data {
        var json = definition.json.object ?? JSONObject()
        json["instances"] = nil
        json["versionInfo"] = nil
        return Data(JSONValue.object(json).bytes)
    }

    static func head(of definition: AppDefinition, deployment: String?) -> MarathonAppHead {
        let configuration = definition.configurationTime
        return MarathonAppHead(
            id: definition.id.description, version: definition.version.description,
            lastScalingAt: (definition.versionInfo?.lastScalingAt ?? definition.version).description,
            lastConfigChangeAt: configuration.description, instances: definition.instances,
            spec: configuration.description, deployment: deployment)
    }

    /// The definition as of a stored version; nil when it is not stored any more.
    func definition(at version: Timestamp) throws -> AppDefinition? {
        guard let record = versions[version] else { return nil }
        return try Self.definition(version: version, record: record, specs: specs)
    }

    static func definition(
        version: Timestamp, record: MarathonAppVersionRecord, specs: [Timestamp: Data]
    ) throws -> AppDefinition? {
        guard let configuration = Timestamp(record.lastConfigChangeAt), let data = Timestamp(record.spec).flatMap({ specs[$0] })
        else { return nil }
        var definition = try AppDefinition(stored: try JSONValue(parsing: Array(data)))
        definition.instances = record.instances
        definition.version = version
        definition.versionInfo = VersionInfo(
            lastScalingAt: Timestamp(record.lastScalingAt) ?? version, lastConfigChangeAt: configuration)
        return definition
    }
}

extension AppDefinition {
    /// The time of the last change other than scaling: it names the spec, and tasks launched before it are outdated.
    var configurationTime: Timestamp { versionInfo?.lastConfigChangeAt ?? version }
}
