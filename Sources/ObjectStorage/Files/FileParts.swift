import Glibc
import NIOCore

/// A file cut into parts for an upload. A file that grows meanwhile is taken as long as it was.
struct FileParts: Sendable {
    let file: OpenFile
    let size: Int64
    /// Bytes of every part but the last.
    let partSize: Int64

    /// - smallest: part size of the service; larger when the parts would be too many.
    static func open(_ path: String, smallest: Int64, most: Int64) async throws -> FileParts {
        let file = try await OpenFile.open(path, flags: O_RDONLY)
        let size = try await file.size()
        let needed = (size + most - 1) / most
        // Whole units, which some services insist on.
        return FileParts(file: file, size: size, partSize: max(smallest, (needed + smallest - 1) / smallest * smallest))
    }

    var count: Int { Int((size + partSize - 1) / partSize) }
    var isSingle: Bool { size <= partSize }

    func offset(_ index: Int) -> Int64 { Int64(index) * partSize }

    func read(_ index: Int) async throws -> ByteBuffer {
        try await file.read(at: offset(index), count: Int(min(partSize, size - offset(index))))
    }

    func readAll() async throws -> ByteBuffer { try await file.read(at: 0, count: Int(size)) }
}
