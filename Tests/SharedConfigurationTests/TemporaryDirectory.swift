import FoundationEssentials

/// A directory that is removed with this value.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let root = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        path = "\(root)/shared-configuration-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)")) }
    func read(_ name: String) throws -> String { String(decoding: try Data(contentsOf: URL(filePath: "\(path)/\(name)")), as: UTF8.self) }
}
