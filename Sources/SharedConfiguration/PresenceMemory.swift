import Synchronization

/// Remembers that a store had content, so that a share which was unmounted is not taken for an empty one
/// (contracts/exhibitor.md §7.4 rule 5).
final class PresenceMemory: Sendable {
    private let wasPresent = Mutex(false)

    /// - Throws: `vanished` when content was there before and is not now.
    func check(_ stored: StoredConfiguration, of store: String) throws {
        let isGone = wasPresent.withLock { wasPresent in
            if stored.text != nil { wasPresent = true }
            return wasPresent && stored.text == nil
        }
        if isGone { throw ConfigurationStoreError.vanished(store: store) }
    }
}
