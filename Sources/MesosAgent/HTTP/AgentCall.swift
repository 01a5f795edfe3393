import FoundationEssentials
import MesosProtobuf
import ResourceModel

/// An operator's call to an agent, `POST /api/v1` (contracts/mesos.md §10, §20).
struct AgentCall: ProtobufCodable {
    enum Kind: String, Codable, Sendable, CaseIterable {
        case unknown = "UNKNOWN"
        case getHealth = "GET_HEALTH"
        case getFlags = "GET_FLAGS"
        case getVersion = "GET_VERSION"
        case getMetrics = "GET_METRICS"
        case getLoggingLevel = "GET_LOGGING_LEVEL"
        case setLoggingLevel = "SET_LOGGING_LEVEL"
        case listFiles = "LIST_FILES"
        case readFile = "READ_FILE"
        case getState = "GET_STATE"
        case getContainers = "GET_CONTAINERS"
        case getFrameworks = "GET_FRAMEWORKS"
        case getExecutors = "GET_EXECUTORS"
        case getTasks = "GET_TASKS"
        case getAgent = "GET_AGENT"
    }

    static var protobufMessage: ProtobufMessage { .agentCall }

    var type: Kind?
    var get_metrics: OperatorCall.GetMetrics?
    var set_logging_level: OperatorCall.SetLoggingLevel?
    var list_files: OperatorCall.ListFiles?
    var read_file: OperatorCall.ReadFile?

    /// Why the call cannot be answered, or nil.
    var invalidity: String? {
        switch type {
        case nil: "Expecting 'type' to be present"
        case .getMetrics where get_metrics == nil: "Expecting 'get_metrics' to be present"
        case .setLoggingLevel where set_logging_level == nil: "Expecting 'set_logging_level' to be present"
        case .listFiles where list_files == nil: "Expecting 'list_files' to be present"
        case .readFile where read_file == nil: "Expecting 'read_file' to be present"
        default: nil
        }
    }
}
