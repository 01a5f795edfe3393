import FoundationEssentials
import Glibc

/// A file of ZooKeeper's `version-2` directory, by its name (contracts/exhibitor.md §13.6).
public struct StorageFile: Sendable, Hashable {
    public enum Kind: Sendable, Hashable { case log, snapshot }
    public enum Compression: String, Sendable, Hashable { case none = "", gzip = "gz", snappy = "snappy" }

    public var kind: Kind
    /// Log: of its first transaction. Snapshot: of the last one that is surely in it.
    public var zxid: Int64
    public var compression: Compression
    public var path: String

    public init(kind: Kind, zxid: Int64, compression: Compression, path: String) {
        self.kind = kind
        self.zxid = zxid
        self.compression = compression
        self.path = path
    }

    /// - name: `log.100000001`, `snapshot.1f`, with a suffix when compressed.
    /// - path: where it is.
    /// - Returns: nil for any other name.
    public init?(name: String, path: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        switch parts.first {
        case "log": kind = .log
        case "snapshot": kind = .snapshot
        default: return nil
        }
        guard parts.count == 2 || parts.count == 3, let zxid = UInt64(parts[1], radix: 16) else { return nil }
        guard let compression = Compression(rawValue: parts.count == 3 ? String(parts[2]) : ""),
            parts.count == 2 || compression != .none
        else { return nil }
        self.zxid = Int64(bitPattern: zxid)
        self.compression = compression
        self.path = path
    }

    /// The logs or snapshots of a directory, oldest first; none when it cannot be read.
    public static func list(_ kind: Kind, in directory: String) -> [StorageFile] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.compactMap { StorageFile(name: $0, path: directory + "/" + $0) }
            .filter { $0.kind == kind }
            .sorted { $0.zxid < $1.zxid }
    }

    func open() throws(TransactionLogError) -> any ByteSource {
        switch compression {
        case .none: try FileSource(path: path)
        case .gzip: try GzipSource(path: path)
        case .snappy: try SnappySource(try FileSource(path: path))
        }
    }
}
