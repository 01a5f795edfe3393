import FoundationEssentials
import Glibc

@testable import EnsembleBackup

/// A directory of a test, gone afterwards.
final class Scratch: Sendable {
    let path: String

    init() throws {
        let root = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        path = "\(root)/backup-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        let file = "\(path)/\(name)"
        try FileManager.default.createDirectory(atPath: Files.parent(of: file), withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, text.utf8) }

    /// A file that cannot be compressed.
    func writeNoise(_ name: String, count: Int) throws {
        let source = try OpenFile(reading: "/dev/urandom")
        let target = try Files.open("\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL)
        try withUnsafeTemporaryAllocation(byteCount: 1 << 20, alignment: 16) { buffer in
            var left = count
            while left > 0 {
                let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)])
                let got = try source.read(into: part)
                try target.write(UnsafeRawBufferPointer(rebasing: part[..<got]))
                left -= got
            }
        }
    }

    /// Every file below with its content, every directory with nothing.
    var tree: [String: [UInt8]] { Scratch.tree(path) }

    static func tree(_ root: String) -> [String: [UInt8]] {
        var result: [String: [UInt8]] = [:]
        var pending = [""]
        while let folder = pending.popLast() {
            for name in (try? Files.names(in: root + folder)) ?? [] {
                let path = "\(folder)/\(name)"
                switch Files.kind(root + path) {
                case .directory:
                    result[path + "/"] = []
                    pending.append(path)
                case .file: result[path] = FileManager.default.contents(atPath: root + path).map { Array($0) } ?? []
                default: result[path] = [0]
                }
            }
        }
        return result
    }
}
