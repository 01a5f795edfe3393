internal import FoundationEssentials
import HTTPTypes
public import MesosProtobuf
public import NIOCore
public import Platform

/// Reads messages from bodies with the messages of the original (contracts/mesos.md §8.1, §3.3).
public enum MessageBody {
    /// - name: of the message as it stands in the error text.
    public static func decode<Message: Decodable>(_ type: Message.Type, from body: ByteBuffer, as name: String) throws -> Message {
        do {
            return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            throw PlainTextError(.badRequest, "Failed to parse body into JSON: \(context.debugDescription)")
        } catch let error as DecodingError {
            throw PlainTextError(.badRequest, "Failed to convert JSON into \(name) protobuf: \(reason(error))")
        }
    }

    /// What is wrong with a JSON text.
    public static func reason(_ error: any Error) -> String { (error as? DecodingError).map { reason($0) } ?? "\(error)" }

    /// In either form.
    public static func decode<Message: ProtobufCodable>(
        _ type: Message.Type, from body: ByteBuffer, in format: MessageFormat, as name: String
    ) throws -> Message {
        switch format {
        case .json: return try decode(type, from: body, as: name)
        case .protobuf:
            do {
                return try ProtobufTranscoder.decode(type, from: body.readableBytesView)
            } catch is ProtobufError {
                throw PlainTextError(.badRequest, "Failed to parse body into \(name) protobuf")
            }
        }
    }

    /// A name in an enum's place that is not one of it.
    public static func unknownEnum(_ value: String, in name: String) -> PlainTextError {
        PlainTextError(.badRequest, "Failed to convert JSON into \(name) protobuf: Failed to find enum for '\(value)'")
    }

    private static func reason(_ error: DecodingError) -> String {
        func path(_ context: DecodingError.Context) -> String { context.codingPath.map(\.stringValue).joined(separator: ".") }
        switch error {
        case .keyNotFound(let key, let context):
            return "Missing required field '\(context.codingPath.isEmpty ? "" : path(context) + ".")\(key.stringValue)'"
        case .valueNotFound(_, let context): return "Missing required field '\(path(context))'"
        case .typeMismatch(_, let context): return "Wrong JSON type of '\(path(context))'"
        case .dataCorrupted(let context):
            // "Cannot initialize Kind from invalid String value FOO".
            if let value = context.debugDescription.split(separator: " ").last, context.debugDescription.contains("invalid String value") {
                return "Failed to find enum for '\(value)'"
            }
            return "\(context.debugDescription) at '\(path(context))'"
        @unknown default: return "\(error)"
        }
    }
}
