/// A list of labels, as a message.
public struct Labels: Codable, Sendable, Hashable {
    @Listed public var labels: [Label]
    public init(_ labels: [Label] = []) { self.labels = labels }
}
