/// An id of the Mesos API: `{"value":"…"}` in JSON. The tag keeps ids of different kinds apart.
public struct Identifier<Tag>: Sendable, Hashable, Codable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
    public var value: String

    public init(_ value: String) { self.value = value }
    public init(stringLiteral value: String) { self.value = value }

    public var description: String { value }
    public static func < (a: Self, b: Self) -> Bool { a.value < b.value }

    private enum CodingKeys: String, CodingKey { case value }
}

public enum FrameworkTag {}
public enum AgentTag {}
public enum OfferTag {}
public enum TaskTag {}
public enum ExecutorTag {}
public enum ContainerTag {}

public typealias FrameworkID = Identifier<FrameworkTag>
public typealias AgentID = Identifier<AgentTag>
public typealias OfferID = Identifier<OfferTag>
public typealias TaskID = Identifier<TaskTag>
public typealias ExecutorID = Identifier<ExecutorTag>
public typealias ContainerID = Identifier<ContainerTag>
