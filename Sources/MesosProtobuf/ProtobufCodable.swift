public import ResourceModel

/// A type whose JSON form is that of a message with a binary form.
public protocol ProtobufCodable: Codable, Sendable {
    static var protobufMessage: ProtobufMessage { get }
}

extension SchedulerCall: ProtobufCodable {
    public static var protobufMessage: ProtobufMessage { .schedulerCall }
}

extension SchedulerEvent: ProtobufCodable {
    public static var protobufMessage: ProtobufMessage { .schedulerEvent }
}

extension ExecutorCall: ProtobufCodable {
    public static var protobufMessage: ProtobufMessage { .executorCall }
}

extension ExecutorEvent: ProtobufCodable {
    public static var protobufMessage: ProtobufMessage { .executorEvent }
}

extension OperatorCall: ProtobufCodable {
    public static var protobufMessage: ProtobufMessage { .masterCall }
}

extension OperatorResponse: ProtobufCodable {
    public static var protobufMessage: ProtobufMessage { .masterResponse }
}

extension OperatorEvent: ProtobufCodable {
    public static var protobufMessage: ProtobufMessage { .masterEvent }
}
