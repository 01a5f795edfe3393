import Logging
import NIOCore
import ObjectStorage
import Synchronization

/// Whether a service compares versions when it writes. Some that speak S3 refuse conditions, some ignore them silently.
final class ConditionalWrites: Sendable {
    private let known: Mutex<Bool?>

    init(known: Bool?) { self.known = Mutex(known) }

    /// Found out once, with an object of its own.
    func work(on storage: some ObjectStorage, probe: String, logger: Logger) async throws -> Bool {
        if let known = known.withLock({ $0 }) { return known }
        let found: Bool
        do {
            found = try await areHonoured(storage, probe)
        } catch ObjectStorageError.conditionsUnsupported {
            found = false
        }
        try? await storage.delete(probe)
        if !found { logger.notice("no conditional writes; comparing versions under a lock", metadata: ["store": "\(storage.summary)"]) }
        known.withLock { $0 = found }
        return found
    }

    private func areHonoured(_ storage: some ObjectStorage, _ probe: String) async throws -> Bool {
        let bytes = { ByteBuffer(string: $0) }
        guard let first = try await storage.put(probe, bytes("1"), condition: .ifAbsent),
            try await storage.put(probe, bytes("2"), condition: .ifAbsent) == nil,
            try await storage.put(probe, bytes("3"), condition: .ifVersion(first)) != nil,
            try await storage.put(probe, bytes("4"), condition: .ifVersion(first)) == nil
        else { return false }
        return true
    }
}
