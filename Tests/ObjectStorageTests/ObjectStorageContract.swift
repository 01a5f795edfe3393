import FoundationEssentials
import NIOCore
import ObjectStorage
import Testing

/// What every object store promises.
enum ObjectStorageContract {
    static func keepsObjects(_ storage: any ObjectStorage) async throws {
        let key = "dir with space/a+b é/config"
        #expect(try await storage.get(key, limit: 100) == nil)
        let first = try #require(try await storage.put(key, ByteBuffer(string: "one"), condition: .always))
        #expect(try await storage.get(key, limit: 100) == StoredObject(bytes: ByteBuffer(string: "one"), version: first))
        let second = try #require(try await storage.put(key, ByteBuffer(string: "two"), condition: .always))
        #expect(second != first)
        #expect(try await storage.get(key, limit: 100)?.bytes == ByteBuffer(string: "two"))
        await #expect(throws: ObjectStorageError.tooLarge(key: key, limit: 2)) { try await storage.get(key, limit: 2) }
        try await storage.delete(key)
        try await storage.delete(key)
        #expect(try await storage.get(key, limit: 100) == nil)
        _ = try await storage.put("empty", ByteBuffer(), condition: .always)
        #expect(try await storage.get("empty", limit: 100)?.bytes == ByteBuffer())
        try await storage.delete("empty")
    }

    static func comparesAndSwaps(_ storage: any ObjectStorage) async throws {
        let key = "cas"
        let bytes = { ByteBuffer(string: $0) }
        let first = try #require(try await storage.put(key, bytes("1"), condition: .ifAbsent))
        #expect(try await storage.put(key, bytes("x"), condition: .ifAbsent) == nil)
        let second = try #require(try await storage.put(key, bytes("2"), condition: .ifVersion(first)))
        #expect(try await storage.put(key, bytes("x"), condition: .ifVersion(first)) == nil)
        #expect(try await storage.get(key, limit: 10) == StoredObject(bytes: bytes("2"), version: second))
        try await storage.delete(key)
        #expect(try await storage.put(key, bytes("x"), condition: .ifVersion(second)) == nil)
        #expect(try await storage.get(key, limit: 10) == nil)
    }

    static func lists(_ storage: any ObjectStorage, count: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<8 {
                group.addTask {
                    for index in stride(from: lane, to: count, by: 8) {
                        _ = try await storage.put("list/k \(index)&<é>", ByteBuffer(string: "\(index)"), condition: .always)
                    }
                }
            }
            try await group.waitForAll()
        }
        _ = try await storage.put("other", ByteBuffer(string: "x"), condition: .always)
        let listing = try await storage.list(prefix: "list/k ")
        #expect(Set(listing.entries.map(\.key)) == Set((0..<count).map { "list/k \($0)&<é>" }))
        #expect(listing.entries.allSatisfy { (1...4).contains($0.size) })
        #expect(listing.entries.allSatisfy { abs(listing.now - $0.modified) < 60_000 })
        #expect(try await storage.list(prefix: "nothing").entries == [])
    }

    /// - size: bytes.
    static func movesFiles(_ storage: any ObjectStorage, size: Int) async throws {
        let directory = try TemporaryDirectory()
        var random = SeededGenerator(seed: UInt64(size))
        var content = Data(capacity: size)
        while content.count < size {
            withUnsafeBytes(of: random.next()) { content.append(contentsOf: $0) }
        }
        content = content.prefix(size)
        try content.write(to: URL(filePath: directory.path + "/up"))
        try await storage.upload(file: directory.path + "/up", to: "files/big \(size)")
        #expect(try await storage.download("files/big \(size)", to: directory.path + "/down") == Int64(size))
        let back = try Data(contentsOf: URL(filePath: directory.path + "/down"))
        #expect(back == content)
        #expect(try await storage.list(prefix: "files/big \(size)").entries.map(\.size) == [Int64(size)])
        #expect(try await storage.download("files/none", to: directory.path + "/none") == nil)
        #expect(directory.names == ["down", "up"])
    }
}
