import CZlib
public import Hummingbird
public import NIOCore

/// Response bodies in gzip form (contracts/mesos.md §3.2): whole ones of 1024 bytes and more, never streams.
public enum Gzip {
    public static func isWorthwhile(_ size: Int) -> Bool { size >= 1024 }

    /// Whether the client takes gzip.
    public static func isAccepted(by request: Request) -> Bool {
        request.headers[values: .acceptEncoding].contains { isAccepted($0) }
    }

    static func isAccepted(_ header: String) -> Bool {
        header.split(separator: ",").contains { coding in
            let parts = coding.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard parts.first == "gzip" || parts.first == "x-gzip" else { return false }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            return (quality ?? 1) > 0
        }
    }

    /// Quick rather than small. Nil when there is no memory for it.
    public static func compress(_ body: ByteBuffer) -> ByteBuffer? {
        var stream = z_stream()
        // 16 asks for the gzip wrapper.
        guard
            deflateInit2_(
                &stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(body.readableBytes)))
        var result = ByteBuffer()
        var isComplete = false
        result.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { target in
            body.withUnsafeReadableBytes { source in
                // zlib does not write to its input; its header lacks the `const`.
                stream.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: UInt8.self).baseAddress)
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
                stream.avail_out = UInt32(min(target.count, Int(UInt32.max)))
                isComplete = deflate(&stream, Z_FINISH) == Z_STREAM_END
                return Int(stream.total_out)
            }
        }
        return isComplete ? result : nil
    }
}
