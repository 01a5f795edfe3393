/// Why a message has no other form.
public enum ProtobufError: Error, CustomStringConvertible, Equatable {
    /// The bytes are not the message.
    case malformed(ProtobufMessage, String)
    /// The value cannot be written as the message.
    case inexpressible(ProtobufMessage, String)

    public var description: String {
        switch self {
        case .malformed(let message, let reason): "The bytes are not a \(message.rawValue): \(reason)"
        case .inexpressible(let message, let reason): "The value has no form as a \(message.rawValue): \(reason)"
        }
    }
}
