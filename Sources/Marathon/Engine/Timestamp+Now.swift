import AppModel
import FoundationEssentials

extension Timestamp {
    /// By the wall clock.
    static var now: Timestamp { Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded())) }
}
