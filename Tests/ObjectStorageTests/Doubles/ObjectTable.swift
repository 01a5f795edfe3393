import NIOCore

/// The objects of a double.
actor ObjectTable {
    struct Object: Sendable {
        var bytes: ByteBuffer
        var version: Int
        /// ms since 1970.
        var modified: Int64
    }

    private(set) var objects: [String: Object] = [:]
    private var parts: [String: ByteBuffer] = [:]
    private var lastVersion = 1000
    /// How many answers yet are lost after the request took effect.
    private var losses = 0

    func loseNext(_ count: Int) { losses = count }

    func isLost() -> Bool {
        guard losses > 0 else { return false }
        losses -= 1
        return true
    }

    /// - condition: given the version that is there. - Returns: nil when it does not hold.
    func put(_ key: String, _ bytes: ByteBuffer, now: Int64, if condition: @Sendable (Int?) -> Bool) -> Int? {
        guard condition(objects[key]?.version) else { return nil }
        lastVersion += 1
        objects[key] = Object(bytes: bytes, version: lastVersion, modified: now)
        return lastVersion
    }

    func remove(_ key: String) -> Bool { objects.removeValue(forKey: key) != nil }

    func setPart(_ id: String, _ bytes: ByteBuffer) { parts[id] = bytes }
    func part(_ id: String) -> ByteBuffer? { parts[id] }

    /// A page of those whose keys begin with a prefix and come after another, sorted.
    func page(prefix: String, after: String, size: Int) -> [(key: String, object: Object)] {
        objects.filter { $0.key.hasPrefix(prefix) && $0.key > after }.sorted { $0.key < $1.key }.prefix(size).map { ($0.key, $0.value) }
    }
}
