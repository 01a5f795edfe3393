public import ResourceModel
internal import SwiftProtobuf

/// A message of the Mesos v1 API that has a binary form.
public protocol ProtobufCodable: Codable, Sendable {}
