public import FoundationEssentials
internal import SwiftProtobuf

/// Turns our types into the binary form of their messages and back, by way of their JSON form: what JSON says is the one
/// definition of every message here (contracts/mesos.md §3.3).
///
/// Fields that only one of the forms knows are left out.
public enum ProtobufTranscoder {
    /// - Throws: `ProtobufError.malformed` unless the bytes are the message, with all its required fields.
    public static func decode<Message: ProtobufCodable>(_ type: Message.Type, from bytes: some Sequence<UInt8>) throws -> Message {
        let json = try json(of: Message.protobufMessage, from: bytes)
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do {
            return try decoder.decode(type, from: json)
        } catch {
            throw ProtobufError.malformed(Message.protobufMessage, "\(error)")
        }
    }

    /// - Throws: `ProtobufError.inexpressible` if a required field of the message has no value.
    public static func encode<Message: ProtobufCodable>(_ value: Message) throws -> Data {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try bytes(of: Message.protobufMessage, fromJSON: encoder.encode(value))
    }

    /// The JSON form of a binary message: names as declared, 64-bit integers as numbers, enums by name, unset fields left out.
    public static func json(of message: ProtobufMessage, from bytes: some Sequence<UInt8>) throws -> Data {
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        options.alwaysPrintInt64sAsNumbers = true
        do {
            var decoded = try message.type.init(serializedBytes: Array(bytes))
            if var call = decoded as? Mesos_V1_Scheduler_Call, call.hasSubscribe {
                // A capability newer than this list is one that nobody asks for, not a broken call.
                for index in call.subscribe.frameworkInfo.capabilities.indices
                where !call.subscribe.frameworkInfo.capabilities[index].hasType {
                    call.subscribe.frameworkInfo.capabilities[index].type = .unknown
                }
                decoded = call
            }
            return Data(try decoded.jsonUTF8Bytes(options: options) as [UInt8])
        } catch {
            throw ProtobufError.malformed(message, "\(error)")
        }
    }

    /// The binary form of a message in JSON.
    public static func bytes(of message: ProtobufMessage, fromJSON json: Data) throws -> Data {
        var options = JSONDecodingOptions()
        options.ignoreUnknownFields = true
        do {
            let decoded = try message.type.init(jsonUTF8Bytes: Array(json), options: options)
            return Data(try decoded.serializedBytes() as [UInt8])
        } catch {
            throw ProtobufError.inexpressible(message, "\(error)")
        }
    }
}
