/// What a task or an executor runs, and what is fetched for it first.
public struct CommandInfo: Codable, Sendable, Hashable {
    public struct URI: Codable, Sendable, Hashable {
        public var value: String
        public var executable: Bool?
        @Defaulted<Defaults.True> public var extract: Bool
        public var cache: Bool?
        public var output_file: String?
        public init(value: String) {
            self.value = value
            self.extract = true
        }
    }
    @Listed public var uris: [URI]
    public var environment: Environment?
    public var value: String?
    public var user: String?
    @Defaulted<Defaults.True> public var shell: Bool
    @Listed public var arguments: [String]

    public init(shell value: String) {
        self.uris = []
        self.value = value
        self.shell = true
        self.arguments = []
    }

    public init() {
        self.uris = []
        self.shell = true
        self.arguments = []
    }
}
