public import FoundationEssentials

/// The two forms of a message of the v1 API, by their media types (contracts/mesos.md §8.1).
public enum MessageFormat: String, Sendable, CaseIterable {
    case json = "application/json"
    case protobuf = "application/x-protobuf"

    /// - contentType: of a request; compared exactly. Nil when it is neither.
    public init?(contentType: String) { self.init(rawValue: contentType) }

    /// The form of an answer: JSON where it is acceptable. Nil when neither is.
    ///
    /// - accepts: whether the client takes a media type.
    public static func preferred(accepts: (String) -> Bool) -> MessageFormat? { allCases.first { accepts($0.rawValue) } }

    /// - json: how the caller writes JSON.
    public func encode<Message: ProtobufCodable>(_ message: Message, json: (Message) throws -> Data) throws -> Data {
        switch self {
        case .json: try json(message)
        case .protobuf: try ProtobufTranscoder.encode(message)
        }
    }
}
