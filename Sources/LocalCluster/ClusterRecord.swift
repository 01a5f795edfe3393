import FoundationEssentials
import Platform

/// What `cluster.json` holds: the cluster that runs, or ran, in a directory.
struct ClusterRecord: Codable, Sendable {
    var layout: ClusterLayout
    var supervisor: RecordedProcess?

    static func read(_ directory: ClusterDirectory) -> ClusterRecord? {
        guard let data = FileManager.default.contents(atPath: directory.record) else { return nil }
        return try? JSONDecoder().decode(ClusterRecord.self, from: data)
    }

    func write(_ directory: ClusterDirectory) throws { try AtomicFile.write(self, to: directory.record) }
}

/// A process that can be told from a later one with the same id.
struct RecordedProcess: Codable, Sendable, Hashable {
    var pid: Int32
    /// Clock ticks since boot.
    var startTime: UInt64

    /// Nil when there is no such process.
    init?(pid: Int32) {
        guard let identity = ProcessTable.identity(of: pid) else { return nil }
        self.pid = pid
        startTime = identity.startTime
    }

    var isRunning: Bool { ProcessTable.identity(of: pid)?.startTime == startTime }

    /// Holds the process; nil when it has ended.
    func open() -> ProcessHandle? {
        guard isRunning, let handle = try? ProcessHandle(pid: pid), isRunning else { return nil }
        return handle
    }
}

/// Small JSON files that are replaced as a whole.
enum AtomicFile {
    static func write(_ value: some Encodable, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        try encoder.encode(value).write(to: URL(filePath: path), options: .atomic)
    }

    static func read<Value: Decodable>(_ type: Value.Type, _ path: String) -> Value? {
        FileManager.default.contents(atPath: path).flatMap { try? JSONDecoder().decode(type, from: $0) }
    }
}
