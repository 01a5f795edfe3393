import Glibc
import NIOCore
import NIOPosix

/// A local file, read and written on NIO's threads for blocking work; closed with this object.
final class OpenFile: Sendable {
    private let descriptor: Int32
    private let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// - Throws: `ObjectStorageError.file`.
    static func open(_ path: String, flags: Int32, mode: mode_t = 0o600) async throws -> OpenFile {
        try await NIOThreadPool.singleton.runIfActive {
            let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
            guard descriptor >= 0 else { throw ObjectStorageError.file(path: path, code: errno) }
            return OpenFile(descriptor: descriptor, path: path)
        }
    }

    /// Bytes.
    func size() async throws -> Int64 {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw failure }
            return Int64(status.st_size)
        }
    }

    /// - Throws: `ObjectStorageError.file` with `EIO` when the file ends before.
    func read(at offset: Int64, count: Int) async throws -> ByteBuffer {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            var buffer = ByteBufferAllocator().buffer(capacity: count)
            while buffer.readableBytes < count {
                let position = offset + Int64(buffer.readableBytes)
                let wanted = count - buffer.readableBytes
                let got = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { target in
                    max(0, pread(descriptor, target.baseAddress, wanted, off_t(position)))
                }
                // The file became shorter under us, or cannot be read.
                guard got > 0 else { throw ObjectStorageError.file(path: path, code: EIO) }
            }
            return buffer
        }
    }

    func write(_ buffer: ByteBuffer) async throws {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            var rest = buffer
            while rest.readableBytes > 0 {
                let count = rest.withUnsafeReadableBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw failure }
                rest.moveReaderIndex(forwardBy: count)
            }
        }
    }

    /// Flushes it and gives it its final name.
    func finish(as name: String) async throws {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            guard fsync(descriptor) == 0, rename(path, name) == 0 else { throw failure }
        }
    }

    /// Soon; also for a task that is cancelled.
    static func remove(_ path: String) {
        NIOThreadPool.singleton.submit { _ in unlink(path) }
    }

    private var failure: ObjectStorageError { .file(path: path, code: errno) }
}
