/// A volume of a container: exactly one of host path, persistent and external (contracts/marathon.md §8.1).
public struct AppVolume: Sendable, Hashable {
    public enum Mode: String, Sendable, Hashable { case readWrite = "RW", readOnly = "RO" }

    public struct Persistent: Sendable, Hashable {
        /// `root` (default), `path` or `mount`.
        public var type: String?
        /// MiB.
        public var size: Int
        /// MiB.
        public var maxSize: Int?
        public var constraints: [Constraint]?
        public init(size: Int, type: String? = nil, maxSize: Int? = nil, constraints: [Constraint]? = nil) {
            self.size = size
            self.type = type
            self.maxSize = maxSize
            self.constraints = constraints
        }
    }

    public struct External: Sendable, Hashable {
        /// GiB.
        public var size: Int?
        public var name: String
        public var provider: String
        public var options: [String: String]
        public init(name: String, provider: String, options: [String: String] = [:], size: Int? = nil) {
            self.size = size
            self.name = name
            self.provider = provider
            self.options = options
        }
    }

    public var containerPath: String
    public var mode: Mode
    public var hostPath: String?
    public var persistent: Persistent?
    public var external: External?

    public init(
        containerPath: String, mode: Mode, hostPath: String? = nil, persistent: Persistent? = nil, external: External? = nil
    ) {
        self.containerPath = containerPath
        self.mode = mode
        self.hostPath = hostPath
        self.persistent = persistent
        self.external = external
    }
}

extension AppVolume {
    init?(_ reader: ObjectReader) {
        containerPath = reader.requiredString("containerPath") ?? ""
        if !reader.has("mode") { reader.report("mode", "error.path.missing") }
        mode = reader.name("mode", kind: "mode") ?? .readWrite
        hostPath = reader.string("hostPath")
        persistent = reader.child("persistent").map { entry in
            if !entry.has("size") { entry.report("size", "error.path.missing") }
            return Persistent(
                size: entry.long("size") ?? 0, type: entry.string("type"), maxSize: entry.long("maxSize"),
                constraints: Constraint.list("constraints", of: entry))
        }
        external = reader.child("external").map { entry in
            External(
                name: entry.string("name") ?? "", provider: entry.string("provider") ?? "",
                options: entry.stringMap("options") ?? [:], size: entry.int("size"))
        }
    }

    public var json: JSONValue {
        var object = JSONObject([("containerPath", .string(containerPath))])
        if let hostPath { object.append("hostPath", .string(hostPath)) }
        object.append("mode", .string(mode.rawValue))
        if let persistent {
            var entry = JSONObject([("size", JSONValue(persistent.size))])
            if let type = persistent.type { entry.append("type", .string(type)) }
            if let maxSize = persistent.maxSize { entry.append("maxSize", JSONValue(maxSize)) }
            if let constraints = persistent.constraints { entry.append("constraints", .array(constraints.map(\.json))) }
            object.append("persistent", .object(entry))
        }
        if let external {
            var entry = JSONObject()
            if let size = external.size { entry.append("size", JSONValue(size)) }
            entry.append("name", .string(external.name))
            entry.append("provider", .string(external.provider))
            entry.append("options", JSONValue(external.options))
            object.append("external", .object(entry))
        }
        return .object(object)
    }
}
