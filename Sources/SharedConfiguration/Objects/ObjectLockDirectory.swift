import NIOCore
import ObjectStorage

/// The keys of a pseudo lock as objects.
struct ObjectLockDirectory<Storage: ObjectStorage>: LockDirectory {
    let storage: Storage

    func create(_ name: String, content: String) async throws {
        _ = try await storage.put(name, ByteBuffer(string: content), condition: .always)
    }

    func list(prefixes: [String]) async throws -> [LockKey] {
        var keys: [LockKey] = []
        for prefix in prefixes { keys += try await self.keys(below: prefix + "_") }
        return keys
    }

    func delete(_ name: String) async throws { try await storage.delete(name) }

    func keys(below prefix: String) async throws -> [LockKey] {
        let listing = try await storage.list(prefix: prefix)
        return listing.entries.map { LockKey(name: $0.key, age: .milliseconds(listing.now - $0.modified)) }
    }
}
