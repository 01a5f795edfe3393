import Glibc

/// A file of an index, read at any place.
final class RandomAccessFile: Sendable {
    private let descriptor: Int32
    private let path: String

    init(path: String) throws(TransactionLogError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(operation: "open", path: path, code: errno) }
        self.path = path
    }

    deinit { close(descriptor) }

    func size() throws(TransactionLogError) -> Int64 {
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0 else { throw .file(operation: "read", path: path, code: errno) }
        return Int64(size)
    }

    /// - Throws: `TransactionLogError.truncated` when the file ends before.
    func read(at offset: Int64, count: Int) throws(TransactionLogError) -> [UInt8] {
        // The position may come out of a damaged file.
        guard count >= 0, offset >= 0, Int64(count) <= (try size()) - offset else { throw .truncated }
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset) + filled)
                if got < 0, errno == EINTR { continue }
                if got < 0 { code = errno }
                if got <= 0 { return }
                filled += got
            }
        }
        guard code == 0 else { throw .file(operation: "read", path: path, code: code) }
        guard bytes.count == count else { throw .truncated }
        return bytes
    }
}
