import NIOCore
import ObjectStorage
import Synchronization

/// An object store in memory, with the weaknesses that real ones have.
final class MemoryStorage: ObjectStorage {
    enum Weakness: Sendable {
        case none
        /// Refuses conditional writes.
        case refusesConditions
        /// Takes them for unconditional ones.
        case ignoresConditions
        /// Says "access denied" instead of "no such key"; - mayList: to those who may list too.
        case deniesAbsent(mayList: Bool)
        case isAway
    }

    private struct State {
        var objects: [String: (bytes: ByteBuffer, version: Int, modified: Int64)] = [:]
        var lastVersion = 0
        var now: Int64 = 1_000_000
        var weakness: Weakness
    }

    private let state: Mutex<State>
    var summary: String { "memory" }

    init(_ weakness: Weakness = .none) { state = Mutex(State(weakness: weakness)) }

    var keys: [String] { state.withLock { $0.objects.keys.sorted() } }
    func set(_ weakness: Weakness) { state.withLock { $0.weakness = weakness } }
    /// - milliseconds: forward.
    func moveClock(_ milliseconds: Int64) { state.withLock { $0.now += milliseconds } }

    private func denial(_ operation: String, _ key: String) -> ObjectStorageError {
        .refused(operation: operation, key: key, status: 403, code: "AccessDenied")
    }

    private func checkPresence(_ state: borrowing State) throws {
        if case .isAway = state.weakness { throw ObjectStorageError.unreachable(operation: "any", key: "", reason: "away") }
    }

    func get(_ key: String, limit: Int) async throws -> StoredObject? {
        try state.withLock { state in
            try checkPresence(state)
            if let object = state.objects[key] { return StoredObject(bytes: object.bytes, version: "\(object.version)") }
            if case .deniesAbsent = state.weakness { throw denial("get", key) }
            return nil
        }
    }

    func put(_ key: String, _ bytes: ByteBuffer, condition: PutCondition) async throws -> String? {
        try state.withLock { state in
            try checkPresence(state)
            var condition = condition
            switch state.weakness {
            case .refusesConditions where condition != .always: throw ObjectStorageError.conditionsUnsupported
            case .ignoresConditions: condition = .always
            default: break
            }
            let version = state.objects[key]?.version
            switch condition {
            case .always: break
            case .ifAbsent: if version != nil { return nil }
            case .ifVersion(let wanted): if version.map({ "\($0)" }) != wanted { return nil }
            }
            state.lastVersion += 1
            state.objects[key] = (bytes, state.lastVersion, state.now)
            return "\(state.lastVersion)"
        }
    }

    func delete(_ key: String) async throws { state.withLock { _ = $0.objects.removeValue(forKey: key) } }

    func list(prefix: String) async throws -> ObjectListing {
        try state.withLock { state in
            try checkPresence(state)
            if case .deniesAbsent(mayList: false) = state.weakness { throw denial("list", prefix) }
            let entries = state.objects.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }.map {
                ObjectListing.Entry(key: $0.key, size: Int64($0.value.bytes.readableBytes), modified: $0.value.modified)
            }
            return ObjectListing(entries: entries, now: state.now)
        }
    }

    func upload(file: String, to key: String, progress: @Sendable (Int) async throws -> Void) async throws {}
    func download(_ key: String, to file: String) async throws -> Int64? { nil }
}
