import AsyncHTTPClient
import Glibc
import NIOCore

/// Streams a body into a file that appears when it is complete.
enum FileDownload {
    /// - Returns: bytes.
    static func write(_ body: HTTPClientResponse.Body, to path: String) async throws -> Int64 {
        let temporary = "\(path).part-\(UInt32.random(in: 0 ... .max))"
        let file = try await OpenFile.open(temporary, flags: O_WRONLY | O_CREAT | O_EXCL)
        do {
            var size: Int64 = 0
            for try await buffer in body {
                try await file.write(buffer)
                size += Int64(buffer.readableBytes)
            }
            try await file.finish(as: path)
            return size
        } catch {
            OpenFile.remove(temporary)
            throw error
        }
    }
}
