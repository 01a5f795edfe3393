import Glibc

/// Whole small files. Blocks.
enum FileText {
    /// Nil when the file cannot be read; what is beyond `limit` bytes is left out.
    static func bytes(_ path: String, limit: Int = 64 << 20) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while result.count < limit {
            let count = Glibc.read(file, &buffer, min(buffer.count, limit - result.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            result.append(contentsOf: buffer[..<count])
        }
        return result
    }

    static func read(_ path: String, limit: Int = 64 << 20) -> String? {
        bytes(path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
    }
}
