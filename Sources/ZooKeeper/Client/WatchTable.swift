/// The watches of one handle: who wants to hear of which path, and how many bytes of paths a reconnect will send.
struct WatchTable {
    enum Kind: Hashable {
        case data
        case children
    }

    struct Key: Hashable {
        var kind: Kind
        var path: String
    }

    typealias Callback = @Sendable () -> Void

    /// Armed watches; one with no callbacks left stays armed until it fires.
    private var armed: [Key: [UInt64: Callback]] = [:]
    private var nextID: UInt64 = 0
    /// Bytes that go out in one packet after a reconnect: each path and its length (contracts/exhibitor.md §14.1).
    private(set) var bytes = 0

    mutating func arm(_ key: Key, _ callback: @escaping Callback) -> UInt64 {
        nextID += 1
        if armed[key] == nil { bytes += key.path.utf8.count + 4 }
        armed[key, default: [:]][nextID] = callback
        return nextID
    }

    /// Takes one callback back; the watch itself can only fire.
    mutating func cancel(_ key: Key, _ id: UInt64) {
        armed[key]?[id] = nil
    }

    /// The watch was never set: the request failed.
    mutating func disarm(_ key: Key, _ id: UInt64) {
        guard var callbacks = armed[key] else { return }
        callbacks[id] = nil
        if callbacks.isEmpty { remove(key) } else { armed[key] = callbacks }
    }

    /// - event: the library's number: created 1, deleted 2, changed 3, child 4.
    mutating func fire(event: Int32, path: String) -> [Callback] {
        switch event {
        case 1, 3: remove(Key(kind: .data, path: path))
        case 2: remove(Key(kind: .data, path: path)) + remove(Key(kind: .children, path: path))
        case 4: remove(Key(kind: .children, path: path))
        default: []
        }
    }

    /// All of them: the session is over, so nobody will hear anything of it any more.
    mutating func fireAll() -> [Callback] {
        let callbacks = armed.values.flatMap(\.values)
        armed = [:]
        bytes = 0
        return callbacks
    }

    @discardableResult
    private mutating func remove(_ key: Key) -> [Callback] {
        guard let callbacks = armed.removeValue(forKey: key) else { return [] }
        bytes -= key.path.utf8.count + 4
        return Array(callbacks.values)
    }
}
