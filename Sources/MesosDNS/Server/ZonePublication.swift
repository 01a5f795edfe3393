import DNSWire
import Synchronization

/// The zone that the servers answer from: replaced as a whole, read by any thread.
final class ZonePublication: Sendable {
    private let zone: Mutex<Zone>

    init(_ zone: Zone) { self.zone = Mutex(zone) }

    /// A snapshot; copying it takes constant time.
    var current: Zone { zone.withLock { $0 } }

    func publish(_ new: Zone) { zone.withLock { $0 = new } }
}
