import FoundationEssentials

@testable import Exhibitor

/// A store in memory that fails when it is told to.
actor MemoryDestination: BackupDestination {
    struct Broken: Error, CustomStringConvertible { var description: String { "the store is away" } }

    nonisolated var description: String { "memory" }
    private(set) var contents: [BackupEntry: Data] = [:]
    private(set) var lists = 0
    private var isBroken = false

    var entries: Set<BackupEntry> { Set(contents.keys) }
    var names: Set<String> { Set(contents.keys.map(\.name)) }

    func setBroken(_ value: Bool) { isBroken = value }

    func list() throws -> [StoredBackup] {
        lists += 1
        if isBroken { throw Broken() }
        return contents.map { StoredBackup(entry: $0.key, bytes: $0.value.count) }
    }

    func store(_ entry: BackupEntry, from path: String) throws -> Int {
        if isBroken { throw Broken() }
        let data = FileManager.default.contents(atPath: path) ?? Data()
        contents[entry] = data
        return data.count
    }

    func delete(_ entry: BackupEntry) throws {
        if isBroken { throw Broken() }
        contents[entry] = nil
    }

    func fetch(_ entry: BackupEntry, to path: String) throws {
        try contents[entry]?.write(to: URL(filePath: path))
    }
}
