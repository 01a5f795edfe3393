/// What a record of an index says; the numbers are those of the REST interface (contracts/exhibitor.md §6).
public enum RecordType: UInt8, Sendable, Hashable, CaseIterable {
    case createPersistent = 0
    case createEphemeral = 1
    case delete = 2
    case setData = 3
    case createContainer = 4
    case createTTL = 5
    case setAccess = 6
    case closeSession = 7

    init(creating kind: NodeKind) {
        switch kind {
        case .persistent: self = .createPersistent
        case .ephemeral: self = .createEphemeral
        case .container: self = .createContainer
        case .timeToLive: self = .createTTL
        }
    }
}
