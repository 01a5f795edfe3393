/// `container` of an app (contracts/marathon.md §8.1).
public struct AppContainer: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable { case docker = "DOCKER", mesos = "MESOS" }
    public enum Network: String, Sendable, Hashable { case host = "HOST", bridge = "BRIDGE", user = "USER", none = "NONE" }

    public struct Parameter: Sendable, Hashable {
        public var key: String
        public var value: String
        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    public struct Credential: Sendable, Hashable {
        public var principal: String
        public var secret: String?
        public init(principal: String, secret: String? = nil) {
            self.principal = principal
            self.secret = secret
        }
    }

    /// A Docker image; network and what follows it only have a meaning for the type DOCKER.
    public struct Docker: Sendable, Hashable {
        public var image: String
        public var forcePullImage: Bool
        public var network: Network?
        /// Only with the networks BRIDGE and USER.
        public var portMappings: [PortMapping]?
        public var privileged: Bool
        public var parameters: [Parameter]
        /// Only for the type MESOS.
        public var credential: Credential?

        public init(
            image: String, network: Network? = nil, portMappings: [PortMapping]? = nil, privileged: Bool = false,
            parameters: [Parameter] = [], forcePullImage: Bool = false, credential: Credential? = nil
        ) {
            self.image = image
            self.network = network
            self.portMappings = portMappings
            self.privileged = privileged
            self.parameters = parameters
            self.forcePullImage = forcePullImage
            self.credential = credential
        }
    }

    public struct AppC: Sendable, Hashable {
        public var image: String
        /// `sha512-…`
        public var id: String?
        public var labels: [String: String]
        public var forcePullImage: Bool
        public init(image: String, id: String? = nil, labels: [String: String] = [:], forcePullImage: Bool = false) {
            self.image = image
            self.id = id
            self.labels = labels
            self.forcePullImage = forcePullImage
        }
    }

    public var type: Kind
    public var volumes: [AppVolume]
    public var docker: Docker?
    public var appc: AppC?

    public init(type: Kind, volumes: [AppVolume] = [], docker: Docker? = nil, appc: AppC? = nil) {
        self.type = type
        self.volumes = volumes
        self.docker = docker
        self.appc = appc
    }

    /// Whether it names an image, so that an app needs neither `cmd` nor `args`.
    public var hasImage: Bool { docker != nil || appc != nil }

    /// The mappings in force: those of a Docker container on BRIDGE or USER.
    public var portMappings: [PortMapping] { docker?.portMappings ?? [] }
}

extension AppContainer {
    init?(_ reader: ObjectReader) {
        let kind: Kind = reader.name("type", kind: "container type") ?? .docker
        type = kind
        volumes = reader.objects("volumes", AppVolume.init) ?? []
        docker = reader.child("docker").map { Docker($0, kind: kind) }
        appc = kind == .mesos ? reader.child("appc").map(AppC.init) : nil
        // 1.5 puts the mappings beside the image.
        if let mappings = reader.objects("portMappings", PortMapping.init), docker?.portMappings == nil {
            docker?.portMappings = mappings
        }
    }

    public var json: JSONValue {
        var object = JSONObject([("type", .string(type.rawValue)), ("volumes", .array(volumes.map(\.json)))])
        if let docker { object.append("docker", docker.json(kind: type)) }
        if let appc { object.append("appc", appc.json) }
        return .object(object)
    }
}

extension AppContainer.Docker {
    init(_ reader: ObjectReader, kind: AppContainer.Kind) {
        image = reader.requiredString("image") ?? ""
        forcePullImage = reader.bool("forcePullImage") ?? false
        network = reader.name("network", kind: "network type")
        portMappings = reader.objects("portMappings", PortMapping.init)
        privileged = reader.bool("privileged") ?? false
        parameters =
            reader.objects("parameters") { entry in
                AppContainer.Parameter(key: entry.requiredString("key") ?? "", value: entry.requiredString("value") ?? "")
            } ?? []
        credential = reader.child("credential").map { entry in
            AppContainer.Credential(principal: entry.requiredString("principal") ?? "", secret: entry.string("secret"))
        }
        if kind == .docker { credential = nil }
    }

    func json(kind: AppContainer.Kind) -> JSONValue {
        switch kind {
        case .docker:
            return [
                "image": .string(image), "network": JSONValue(network?.rawValue),
                "portMappings": portMappings.map { .array($0.map(\.json)) } ?? .null, "privileged": .bool(privileged),
                "parameters": .array(parameters.map { ["key": .string($0.key), "value": .string($0.value)] }),
                "forcePullImage": .bool(forcePullImage),
            ]
        case .mesos:
            let credential: JSONValue =
                credential.map { credential in
                    var object = JSONObject([("principal", .string(credential.principal))])
                    if let secret = credential.secret { object.append("secret", .string(secret)) }
                    return .object(object)
                } ?? .null
            return ["image": .string(image), "credential": credential, "forcePullImage": .bool(forcePullImage)]
        }
    }
}

extension AppContainer.AppC {
    init(_ reader: ObjectReader) {
        image = reader.requiredString("image") ?? ""
        id = reader.string("id")
        labels = reader.stringMap("labels") ?? [:]
        forcePullImage = reader.bool("forcePullImage") ?? false
    }

    var json: JSONValue {
        [
            "image": .string(image), "id": JSONValue(id), "labels": JSONValue(labels),
            "forcePullImage": .bool(forcePullImage),
        ]
    }
}
