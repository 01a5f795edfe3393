import Logging
import NIOCore
import NIOHTTP1

extension S3Storage {
    public func upload(file: String, to key: String, progress: @Sendable (Int) async throws -> Void) async throws {
        let parts = try await FileParts.open(file, smallest: partSize, most: 10_000)
        if parts.isSingle {
            let content = try await parts.readAll()
            let response = try await send("put", key, timeout: .minutes(5), S3Request(method: .PUT, key: key, body: content))
            guard response.isSuccess else { throw S3Failure.error(response, "put", key) }
            return try await progress(content.readableBytes)
        }
        let upload = try await begin(key)
        do {
            var tags: [String] = []
            for index in 0..<parts.count {
                let content = try await parts.read(index)
                tags.append(try await put(content, part: index + 1, of: upload, key))
                try await progress(content.readableBytes)
            }
            try await complete(upload, key, tags)
        } catch {
            await abandon(upload, key)
            throw error
        }
    }

    private func begin(_ key: String) async throws -> String {
        var request = S3Request(method: .POST, key: key)
        request.query = [("uploads", "")]
        let response = try await send("begin upload", key, request)
        guard response.isSuccess else { throw S3Failure.error(response, "begin upload", key) }
        guard let id = (try? XMLReader.read(response.body.readableBytesView))?.text(of: "UploadId"), !id.isEmpty else {
            throw ObjectStorageError.malformedAnswer(operation: "begin upload", key: key, reason: "no id")
        }
        return id
    }

    private func put(_ content: ByteBuffer, part: Int, of upload: String, _ key: String) async throws -> String {
        var request = S3Request(method: .PUT, key: key, body: content)
        request.query = [("partNumber", "\(part)"), ("uploadId", upload)]
        let response = try await send("upload part \(part)", key, timeout: .minutes(5), request)
        guard response.isSuccess else { throw S3Failure.error(response, "upload part \(part)", key) }
        guard let tag = response.header("etag") else {
            throw ObjectStorageError.malformedAnswer(operation: "upload part \(part)", key: key, reason: "no entity tag")
        }
        return tag
    }

    private func complete(_ upload: String, _ key: String, _ tags: [String]) async throws {
        let parts = tags.enumerated().map { index, tag in
            let escaped = tag.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "&quot;")
            return "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(escaped)</ETag></Part>"
        }.joined()
        var request = S3Request(
            method: .POST, key: key, body: ByteBuffer(string: "<CompleteMultipartUpload>\(parts)</CompleteMultipartUpload>"))
        request.query = [("uploadId", upload)]
        let response = try await send("complete upload", key, timeout: .minutes(5), request)
        // It may fail after it has begun to answer: 200 with an error inside.
        let code = S3Failure.code(response)
        // A lost answer: the upload is complete already, and nobody knows it any more.
        if response.attempts > 1, response.status == 404, code == "NoSuchUpload" { return }
        guard response.isSuccess, code.isEmpty else { throw S3Failure.error(response, "complete upload", key) }
    }

    /// The parts of an upload that is not completed are kept, and paid for, until this. Also when our task is cancelled.
    private func abandon(_ upload: String, _ key: String) async {
        var request = S3Request(method: .DELETE, key: key)
        request.query = [("uploadId", upload)]
        let deletion = request
        await Task {
            do {
                _ = try await send("abandon upload", key, deletion)
            } catch {
                transport.logger.warning("cannot abandon an upload", metadata: ["key": "\(key)", "error": "\(error)"])
            }
        }.value
    }
}
