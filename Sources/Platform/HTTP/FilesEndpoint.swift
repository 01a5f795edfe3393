import FoundationEssentials
import Glibc
public import HTTPTypes
public import Hummingbird
import NIOCore
import NIOPosix

/// `/files/{browse,read,download,debug}` of masters and agents (contracts/mesos.md §7).
public struct FilesEndpoint: Sendable {
    public enum Operation: Sendable, Hashable { case browse, read, download, debug }

    private struct BrowsedEntry: Encodable {
        var path: String
        var nlink: Int
        var size: Int
        var mtime: Int
        var mode: String
        var uid: String
        var gid: String
    }
    private struct ReadPart: Encodable {
        var data: String
        var offset: Int
    }

    private let files: AttachedFiles

    public init(files: AttachedFiles) { self.files = files }

    public func respond(_ operation: Operation, to request: Request) async throws -> Response {
        let query = request.uri.queryParameters
        if operation == .debug { return try json(files.attached, request) }
        guard let path = query["path"].map(String.init), !path.isEmpty else {
            throw PlainTextError(.badRequest, "Expecting 'path=value' in query.\n")
        }
        switch operation {
        case .read:
            let offset = try number("offset", query["offset"])
            let length = try number("length", query["length"])
            let part = try await read(path, offset: offset, length: length)
            return try json(ReadPart(data: String(decoding: part.bytes, as: UTF8.self), offset: part.offset), request)
        case .download:
            let (file, size) = try await blocking { [files] in try files.download(path) }
            return download(file, size, path)
        case .browse, .debug:
            let entries = try await browse(path).map { entry in
                BrowsedEntry(
                    path: entry.path, nlink: entry.linkCount, size: entry.size, mtime: entry.modified,
                    mode: AttachedFiles.text(ofMode: entry.mode), uid: entry.user, gid: entry.group)
            }
            return try json(entries, request)
        }
    }

    /// - Throws: `PlainTextError` as of the contract.
    public func browse(_ path: String) async throws -> [AttachedFiles.Entry] {
        try await blocking { [files] in try files.browse(path) }
    }

    /// - Throws: `PlainTextError` as of the contract.
    public func read(_ path: String, offset: Int, length: Int) async throws -> AttachedFiles.Part {
        try await blocking { [files] in try files.read(path, offset: offset, length: length) }
    }

    private func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        do {
            return try await NIOThreadPool.singleton.runIfActive(body)
        } catch AttachedFiles.Failure.notFound {
            throw PlainTextError(.notFound)
        } catch AttachedFiles.Failure.bad(let message) {
            throw PlainTextError(.badRequest, message)
        }
    }

    private func number(_ name: String, _ text: Substring?) throws -> Int {
        guard let text else { return -1 }
        guard let number = Int(text) else {
            throw PlainTextError(.badRequest, "Failed to parse \(name): Failed to convert '\(text)' to number.\n")
        }
        return number
    }

    /// Streams the file as long as it was when it was opened.
    private func download(_ file: Int32, _ size: Int, _ path: String) -> Response {
        let name = path.split(separator: "/").last.map(String.init) ?? "file"
        var headers: HTTPFields = [.contentType: AttachedFiles.contentType(of: name)]
        headers[.contentDisposition] = "attachment; filename=\(name.filter { $0 != "\"" && !$0.isNewline })"
        let lease = OpenDescriptor(file)
        let body = ResponseBody(contentLength: size) { writer in
            var offset = 0
            while offset < size {
                let position = offset
                let chunk = try await NIOThreadPool.singleton.runIfActive {
                    var buffer = [UInt8](repeating: 0, count: min(65536, size - position))
                    let count = pread(lease.file, &buffer, buffer.count, off_t(position))
                    return ByteBuffer(bytes: buffer.prefix(max(0, count)))
                }
                // The file was cut short: the length can no longer be kept, so the connection ends.
                guard chunk.readableBytes > 0 else { throw SystemError(code: EIO) }
                offset += chunk.readableBytes
                try await writer.write(chunk)
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private func json(_ value: some Encodable, _ request: Request) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return JSONResponse.answer(ByteBuffer(bytes: try encoder.encode(value)), to: request)
    }
}

/// A descriptor that closes with its last holder, also when a response is thrown away unsent.
private final class OpenDescriptor: Sendable {
    let file: Int32
    init(_ file: Int32) { self.file = file }
    deinit { close(file) }
}
