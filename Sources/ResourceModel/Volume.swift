/// A directory of the host, or a volume, in a container.
public struct Volume: Codable, Sendable, Hashable {
    /// A volume that a driver mounts.
    public struct Source: Codable, Sendable, Hashable {
        public struct Options: Codable, Sendable, Hashable {
            @Listed public var parameter: [Parameter]
            public init(parameter: [Parameter]) { self.parameter = parameter }
        }
        public struct DockerVolume: Codable, Sendable, Hashable {
            public var driver: String?
            public var name: String
            public var driver_options: Options?
            public init(driver: String? = nil, name: String, driver_options: Options? = nil) {
                self.driver = driver
                self.name = name
                self.driver_options = driver_options
            }
        }
        /// `DOCKER_VOLUME`.
        public var type: String
        public var docker_volume: DockerVolume?
        public init(docker_volume: DockerVolume) {
            self.type = "DOCKER_VOLUME"
            self.docker_volume = docker_volume
        }
    }
    public var container_path: String
    public var host_path: String?
    public var mode: String
    public var source: Source?
    public init(container_path: String, host_path: String? = nil, mode: String) {
        self.container_path = container_path
        self.host_path = host_path
        self.mode = mode
    }
}
