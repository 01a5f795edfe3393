/// The grammar of task and persistence ids (contracts/marathon.md §9.1).
///
///     TaskIDs.taskID(of: try AppID("/prod/web"), uuid: uuid)                        // "prod_web.c0e4f2b1-8a7e-…"
///     TaskIDs.app(of: "prod_web.c0e4f2b1-8a7e-11e6-9d2a-02420a00020b")?.description // "/prod/web"
public enum TaskIDs {
    public static func taskID(of app: AppID, uuid: TimeUUID) -> String { "\(app.safeForm).\(uuid)" }

    public static func persistenceID(of app: AppID, containerPath: String, uuid: TimeUUID) -> String {
        "\(app.safeForm)#\(containerPath)#\(uuid)"
    }

    /// The app a task belongs to: all before the last `.` or `_` (older ids use `_`). Nil for an id that is not a task's.
    public static func app(of taskID: String) -> AppID? {
        guard let separator = taskID.lastIndex(where: { $0 == "." || $0 == "_" }), separator != taskID.startIndex,
            taskID.index(after: separator) != taskID.endIndex
        else { return nil }
        return AppID(safeForm: taskID[..<separator])
    }
}

/// A version 1 UUID (RFC 9562 §5.1): 60 bits of time, 14 bits of clock sequence, 48 bits of node.
public struct TimeUUID: Sendable, Hashable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    /// - ticks: units of 100 ns since 1582-10-15.
    public init(ticks: UInt64, clockSequence: UInt16, node: UInt64) {
        high = (ticks & 0xFFFF_FFFF) << 32 | (ticks >> 32 & 0xFFFF) << 16 | 0x1000 | ticks >> 48 & 0x0FFF
        low = 0x8000_0000_0000_0000 | UInt64(clockSequence & 0x3FFF) << 48 | node & 0xFFFF_FFFF_FFFF
    }

    public var description: String {
        let a = Self.hex(high)
        let b = Self.hex(low)
        return "\(a.prefix(8))-\(a.dropFirst(8).prefix(4))-\(a.suffix(4))-\(b.prefix(4))-\(b.suffix(12))"
    }

    private static func hex(_ value: UInt64) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}

/// Makes time UUIDs that never repeat within a generator, and with a random node and clock sequence practically never
/// across generators (a new process takes a new generator).
public struct TimeUUIDGenerator: Sendable {
    private static let epochTicks: UInt64 = 0x01B2_1DD2_1381_4000

    private let clockSequence: UInt16
    private let node: UInt64
    private var lastTicks: UInt64 = 0

    public init(using random: inout some RandomNumberGenerator) {
        clockSequence = UInt16.random(in: 0...0x3FFF, using: &random)
        // The multicast bit marks a node that is not a hardware address.
        node = UInt64.random(in: 0...0xFFFF_FFFF_FFFF, using: &random) | 0x0100_0000_0000
    }

    public init() {
        var random = SystemRandomNumberGenerator()
        self.init(using: &random)
    }

    public mutating func next(now: Timestamp) -> TimeUUID {
        let ticks = Self.epochTicks &+ UInt64(clamping: max(0, now.milliseconds)) &* 10_000
        // Several ids in one millisecond, or a clock set back: count on.
        lastTicks = max(ticks, lastTicks + 1)
        return TimeUUID(ticks: lastTicks, clockSequence: clockSequence, node: node)
    }
}
