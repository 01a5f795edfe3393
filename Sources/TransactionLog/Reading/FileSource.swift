import Glibc

/// A file, or the reading end of a pipe.
///
/// Files are read, not mapped: a server that truncates its log while we look at it would kill us by SIGBUS.
final class FileSource: ByteSource {
    private let descriptor: Int32
    private let path: String

    init(path: String) throws(TransactionLogError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(operation: "open", path: path, code: errno) }
        self.path = path
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    /// Takes the descriptor over.
    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransactionLogError) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw .file(operation: "read", path: path, code: errno) }
        }
    }
}
