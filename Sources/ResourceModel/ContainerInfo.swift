/// How a task or an executor is contained.
public struct ContainerInfo: Codable, Sendable, Hashable {
    public struct Docker: Codable, Sendable, Hashable {
        public struct PortMapping: Codable, Sendable, Hashable {
            public var host_port: Int
            public var container_port: Int
            public var `protocol`: String?
            public init(host_port: Int, container_port: Int, protocol: String? = nil) {
                self.host_port = host_port
                self.container_port = container_port
                self.protocol = `protocol`
            }
        }
        public var image: String
        @Presumed<Defaults.DockerNetwork> public var network: String?
        @Listed public var port_mappings: [PortMapping]
        @Defaulted<Defaults.False> public var privileged: Bool
        @Listed public var parameters: [Parameter]
        public var force_pull_image: Bool?
        public var volume_driver: String?
        public init(image: String) {
            self.image = image
            self.port_mappings = []
            self.privileged = false
            self.parameters = []
        }
    }
    public struct Mesos: Codable, Sendable, Hashable {
        public struct Image: Codable, Sendable, Hashable {
            public struct Credential: Codable, Sendable, Hashable {
                public var principal: String
                public var secret: String?
                public init(principal: String, secret: String? = nil) {
                    self.principal = principal
                    self.secret = secret
                }
            }
            public struct Docker: Codable, Sendable, Hashable {
                public var name: String
                public var credential: Credential?
                public init(name: String, credential: Credential? = nil) {
                    self.name = name
                    self.credential = credential
                }
            }
            public struct AppC: Codable, Sendable, Hashable {
                public var name: String
                /// `sha512-…`
                public var id: String?
                public var labels: Labels?
                public init(name: String, id: String? = nil, labels: Labels? = nil) {
                    self.name = name
                    self.id = id
                    self.labels = labels
                }
            }
            /// `DOCKER` or `APPC`.
            public var type: String
            public var docker: Docker?
            public var appc: AppC?
            /// False = fetch it anew for every task.
            @Defaulted<Defaults.True> public var cached: Bool
            public init(docker: Docker, cached: Bool = true) {
                self.type = "DOCKER"
                self.docker = docker
                self.cached = cached
            }
            public init(appc: AppC, cached: Bool = true) {
                self.type = "APPC"
                self.appc = appc
                self.cached = cached
            }
        }
        public var image: Image?
        public init(image: Image? = nil) { self.image = image }
    }
    public var type: String
    @Listed public var volumes: [Volume]
    public var docker: Docker?
    public var mesos: Mesos?
    public var hostname: String?
    @Listed public var network_infos: [NetworkInfo]
    public init(type: String) {
        self.type = type
        self.volumes = []
        self.network_infos = []
    }
}
