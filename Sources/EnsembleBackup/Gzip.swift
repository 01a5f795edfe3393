import CZlib
import Glibc

/// Files to and from gzip form. Every call blocks; memory is bounded.
public enum Gzip {
    private static let chunk = 256 * 1024

    /// Compresses the rest of a file.
    /// - limit: bytes to take at most.
    /// - Returns: bytes taken.
    @discardableResult
    public static func compress(_ source: OpenFile, to target: OpenFile, limit: Int = .max) throws -> Int {
        let stream = try open(target, "wb6")
        var taken = 0
        do {
            try withBuffer { buffer in
                while taken < limit {
                    let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, limit - taken)])
                    let count = try source.read(into: part)
                    if count == 0 { break }
                    guard gzwrite(stream, part.baseAddress, UInt32(count)) == Int32(count) else {
                        throw failure("write", target, stream)
                    }
                    taken += count
                }
            }
        } catch {
            gzclose_w(stream)
            throw error
        }
        guard gzclose_w(stream) == Z_OK else { throw Files.failure("write", target.path) }
        return taken
    }

    /// Expands a file, checking its checksum.
    /// - Throws: `BackupError.badArchive` when it is not gzip, damaged or cut short.
    /// - Returns: bytes written.
    @discardableResult
    public static func expand(_ source: OpenFile, to target: OpenFile) throws -> Int {
        try expand(source) { try target.write($0) }
    }

    /// Expands a file piece by piece.
    @discardableResult
    public static func expand(_ source: OpenFile, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Int {
        let stream = try open(source, "rb")
        var written = 0
        do {
            try withBuffer { buffer in
                while true {
                    let count = gzread(stream, buffer.baseAddress, UInt32(buffer.count))
                    guard count >= 0 else { throw BackupError.badArchive(path: source.path, reason: message(stream)) }
                    // Without the magic of gzip the library hands the bytes through as they are.
                    guard gzdirect(stream) == 0 else {
                        throw BackupError.badArchive(path: source.path, reason: "it is not compressed with gzip")
                    }
                    if count == 0 { break }
                    try body(UnsafeRawBufferPointer(rebasing: buffer[..<Int(count)]))
                    written += Int(count)
                }
            }
        } catch {
            gzclose_r(stream)
            throw error
        }
        // The end of a file that was cut short shows only here.
        guard gzclose_r(stream) == Z_OK else { throw BackupError.badArchive(path: source.path, reason: "it is cut short") }
        return written
    }

    private static func open(_ file: OpenFile, _ mode: String) throws -> gzFile {
        // The stream closes its descriptor, so it gets one of its own.
        let descriptor = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 3)
        guard descriptor >= 0 else { throw Files.failure("open", file.path) }
        guard let stream = gzdopen(descriptor, mode) else {
            close(descriptor)
            throw BackupError.file(operation: "open", path: file.path, reason: "out of memory")
        }
        return stream
    }

    private static func failure(_ operation: String, _ file: OpenFile, _ stream: gzFile) -> BackupError {
        var code: Int32 = 0
        _ = gzerror(stream, &code)
        return code == Z_ERRNO
            ? Files.failure(operation, file.path) : .file(operation: operation, path: file.path, reason: message(stream))
    }

    private static func message(_ stream: gzFile) -> String {
        var code: Int32 = 0
        return gzerror(stream, &code).map { String(cString: $0) } ?? "error \(code)"
    }

    private static func withBuffer(_ body: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 16)
        defer { buffer.deallocate() }
        try body(buffer)
    }
}
