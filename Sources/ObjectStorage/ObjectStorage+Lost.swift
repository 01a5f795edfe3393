import NIOCore

extension ObjectStorage {
    /// After a condition failed on a repeated write: the first one may have happened, its answer lost.
    /// - Returns: the version, when what is there now is what was to be written.
    func version(of key: String, ifContent bytes: ByteBuffer) async throws -> String? {
        do {
            guard let now = try await get(key, limit: bytes.readableBytes), now.bytes == bytes else { return nil }
            return now.version
        } catch ObjectStorageError.tooLarge {
            return nil
        }
    }
}
