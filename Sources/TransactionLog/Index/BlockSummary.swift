/// What the records of one block have in common: a search skips blocks that cannot hold a hit.
struct BlockSummary: Sendable {
    var count = 0
    var firstTime = Int64.max
    var lastTime = Int64.min
    /// Bit n: a record of type n is among them.
    var types: UInt64 = 0

    init() {}

    mutating func add(time: Int64, type: RecordType) {
        count += 1
        firstTime = min(firstTime, time)
        lastTime = max(lastTime, time)
        types |= 1 << UInt64(type.rawValue)
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for value in [UInt64(bitPattern: firstTime), UInt64(bitPattern: lastTime), types] {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// - bytes: `RecordLayout.summarySize`.
    init(_ bytes: ArraySlice<UInt8>) {
        func value(_ index: Int) -> UInt64 {
            bytes.dropFirst(index * 8).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        firstTime = Int64(bitPattern: value(0))
        lastTime = Int64(bitPattern: value(1))
        types = value(2)
    }
}
