/// Variables of a process.
public struct Environment: Codable, Sendable, Hashable {
    public struct Variable: Codable, Sendable, Hashable {
        public var name: String
        public var value: String
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }
    @Listed public var variables: [Variable]
    public init(variables: [Variable] = []) { self.variables = variables }
}
