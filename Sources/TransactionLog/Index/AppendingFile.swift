import Glibc

/// A new file that is written front to back through one buffer.
struct AppendingFile: ~Copyable {
    private static let bufferSize = 256 * 1024

    private let descriptor: Int32
    private let path: String
    private var buffer: [UInt8] = []
    /// Bytes so far.
    private(set) var count: Int64 = 0

    init(path: String) throws(TransactionLogError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .file(operation: "create", path: path, code: errno) }
        self.path = path
        buffer.reserveCapacity(Self.bufferSize)
    }

    deinit { close(descriptor) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(TransactionLogError) {
        count += Int64(bytes.count)
        if buffer.count + bytes.count > Self.bufferSize { try flush() }
        // What is large by itself is not copied.
        if bytes.count >= Self.bufferSize / 4 { return try write(bytes) }
        buffer.append(contentsOf: bytes)
    }

    mutating func append(_ bytes: some Collection<UInt8>) throws(TransactionLogError) {
        let result = bytes.withContiguousStorageIfAvailable { storage -> Result<Void, TransactionLogError> in
            do throws(TransactionLogError) {
                return .success(try append(UnsafeRawBufferPointer(storage)))
            } catch {
                return .failure(error)
            }
        }
        if let result { return try result.get() }
        let copy = Array(bytes)
        try append(copy)
    }

    /// Writes what is left and waits until it is on the disk.
    mutating func finish() throws(TransactionLogError) {
        try flush()
        guard fsync(descriptor) == 0 else { throw .file(operation: "write", path: path, code: errno) }
    }

    private mutating func flush() throws(TransactionLogError) {
        guard !buffer.isEmpty else { return }
        let full = buffer
        buffer = []
        let result = full.withUnsafeBytes { bytes -> Result<Void, TransactionLogError> in
            do throws(TransactionLogError) { return .success(try write(bytes)) } catch { return .failure(error) }
        }
        buffer = full
        buffer.removeAll(keepingCapacity: true)
        try result.get()
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(TransactionLogError) {
        var rest = bytes
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw .file(operation: "write", path: path, code: errno) }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }
}
