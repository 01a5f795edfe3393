import Glibc
import Platform

/// An open file, closed with the last reference to it. Every call blocks.
public final class OpenFile: Sendable {
    public let descriptor: Int32
    /// For messages.
    public let path: String

    /// Takes the descriptor over.
    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a file to be read.
    public convenience init(reading path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw Files.failure("read", path) }
        self.init(descriptor: descriptor, path: path)
    }

    deinit { close(descriptor) }

    public struct Information: Sendable {
        public var size: Int
        /// Milliseconds since 1970.
        public var modified: Int64
        public var mode: mode_t
        public var owner: uid_t
        public var group: gid_t
    }

    public func information() throws -> Information {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw Files.failure("look at", path) }
        return Information(
            size: information.st_size,
            modified: Int64(information.st_mtim.tv_sec) * 1000 + Int64(information.st_mtim.tv_nsec) / 1_000_000,
            mode: information.st_mode & 0o7777, owner: information.st_uid, group: information.st_gid)
    }

    /// Fills as much of the buffer as the file has left; 0 at its end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw Files.failure("read", path) }
        }
    }

    /// Fills as much of the buffer as the file has from an offset on.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = pread(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, off_t(offset + filled))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Files.failure("read", path) }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        var offset = 0
        while offset < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Files.failure("write", path) }
            offset += count
        }
    }

    /// Appends the rest of another file.
    func write(bytesOf source: OpenFile) throws {
        try withUnsafeTemporaryAllocation(byteCount: 256 * 1024, alignment: 16) { buffer in
            while true {
                let count = try source.read(into: buffer)
                if count == 0 { return }
                try write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }

    public func sync() throws {
        guard fsync(descriptor) == 0 else { throw Files.failure("write", path) }
    }

    /// Gives the file to the owner of another one and its times; without the right to do so it stays ours.
    func resemble(_ original: OpenFile) throws {
        var information = stat()
        guard fstat(original.descriptor, &information) == 0 else { throw Files.failure("look at", original.path) }
        _ = fchown(descriptor, information.st_uid, information.st_gid)
        _ = fchmod(descriptor, information.st_mode & 0o7777)
        var times = (information.st_atim, information.st_mtim)
        withUnsafePointer(to: &times) { pointer in
            pointer.withMemoryRebound(to: timespec.self, capacity: 2) { _ = futimens(descriptor, $0) }
        }
    }
}
