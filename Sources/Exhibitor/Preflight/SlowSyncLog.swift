import Glibc

/// Follows a server's log and remembers where it complains of its disk:
/// `fsync-ing the write ahead log in SyncThread:1 took 1234ms which will adversely effect operation latency`.
struct SlowSyncLog: Sendable {
    static let memory = Duration.seconds(15 * 60)
    /// Read at once; a log that grows faster is skipped to its end.
    static let chunk = 1 << 20

    private var offset: Int?
    private var inode: UInt = 0
    private var found: [(at: Duration, took: Duration)] = []

    /// What the server took, in the last 15 minutes.
    var recent: [Duration] { found.map(\.took) }

    /// Reads what was added since the last call; blocks. What was there before the first one is not counted.
    /// - now: since any fixed moment.
    mutating func follow(_ path: String, at now: Duration) {
        found.removeAll { now - $0.at > Self.memory }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        let size = Int(status.st_size)
        // A log that rolled is read from its beginning.
        let isNew = status.st_ino != inode || size < offset ?? 0
        var start = offset.map { isNew ? 0 : $0 } ?? size
        inode = UInt(status.st_ino)
        if size - start > Self.chunk { start = size - Self.chunk }
        offset = size
        guard size > start else { return }
        var bytes = [UInt8](repeating: 0, count: size - start)
        let count = pread(descriptor, &bytes, bytes.count, start)
        guard count > 0 else { return }
        take(String(decoding: bytes[..<count], as: UTF8.self), at: now)
    }

    mutating func take(_ text: String, at now: Duration) {
        for line in text.split(whereSeparator: \.isNewline) {
            if let took = Self.duration(in: line) { found.append((now, took)) }
        }
        if found.count > 1000 { found.removeFirst(found.count - 1000) }
    }

    static func duration(in line: some StringProtocol) -> Duration? {
        let words = line.split(separator: " ")
        guard let start = words.firstIndex(of: "fsync-ing"), let took = words[start...].firstIndex(of: "took"), took + 1 < words.endIndex,
            words[took + 1].hasSuffix("ms"), let milliseconds = Int(words[took + 1].dropLast(2))
        else { return nil }
        return .milliseconds(milliseconds)
    }
}
