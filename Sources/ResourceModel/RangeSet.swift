/// A set of numbers kept as sorted, disjoint, non-adjacent inclusive ranges.
public struct RangeSet: Sendable, Hashable, CustomStringConvertible {
    public private(set) var ranges: [ClosedRange<UInt64>]

    public init() { ranges = [] }

    public init(_ ranges: some Sequence<ClosedRange<UInt64>>) {
        self.ranges = RangeSet.coalesced(Array(ranges))
    }

    public var isEmpty: Bool { ranges.isEmpty }

    /// How many numbers are in it; saturates at `Int.max`.
    public var count: Int {
        ranges.reduce(0) { sum, range in
            let size = range.upperBound - range.lowerBound
            let (total, overflow) = sum.addingReportingOverflow(Int(clamping: size))
            return overflow || total == Int.max ? Int.max : total + 1
        }
    }

    public func contains(_ number: UInt64) -> Bool {
        // The last range that begins at or below the number.
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].lowerBound <= number { low = middle + 1 } else { high = middle }
        }
        return low > 0 && ranges[low - 1].upperBound >= number
    }

    public func contains(_ other: RangeSet) -> Bool {
        var index = 0
        for range in other.ranges {
            while index < ranges.count, ranges[index].upperBound < range.lowerBound { index += 1 }
            guard index < ranges.count, ranges[index].lowerBound <= range.lowerBound, ranges[index].upperBound >= range.upperBound
            else { return false }
        }
        return true
    }

    public mutating func formUnion(_ other: RangeSet) {
        guard !other.isEmpty else { return }
        ranges = RangeSet.coalesced(ranges + other.ranges)
    }

    public mutating func subtract(_ other: RangeSet) {
        guard !other.isEmpty else { return }
        var result: [ClosedRange<UInt64>] = []
        var index = 0
        for range in ranges {
            var begin = range.lowerBound
            var exhausted = false
            while index < other.ranges.count, other.ranges[index].upperBound < begin { index += 1 }
            var cursor = index
            while cursor < other.ranges.count, other.ranges[cursor].lowerBound <= range.upperBound {
                let hole = other.ranges[cursor]
                if hole.lowerBound > begin { result.append(begin...(hole.lowerBound - 1)) }
                if hole.upperBound >= range.upperBound {
                    exhausted = true
                    break
                }
                begin = max(begin, hole.upperBound + 1)
                cursor += 1
            }
            if !exhausted { result.append(begin...range.upperBound) }
        }
        ranges = result
    }

    /// `[1025-2180, 2182-3887]`, the form of v0 JSON.
    public var description: String {
        "[" + ranges.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ", ") + "]"
    }

    /// Reads the form that `description` writes; nil when it is not one.
    public init?(text: some StringProtocol) {
        let trimmed = text.drop { $0 == " " }
        guard trimmed.hasPrefix("["), trimmed.hasSuffix("]") else { return nil }
        var result: [ClosedRange<UInt64>] = []
        for part in trimmed.dropFirst().dropLast().split(separator: ",") {
            let bounds = part.split(separator: "-").map { String($0).filter { $0 != " " } }
            guard bounds.count == 2, let begin = UInt64(bounds[0]), let end = UInt64(bounds[1]), begin <= end else { return nil }
            result.append(begin...end)
        }
        self.init(result)
    }

    private static func coalesced(_ input: [ClosedRange<UInt64>]) -> [ClosedRange<UInt64>] {
        var result: [ClosedRange<UInt64>] = []
        result.reserveCapacity(input.count)
        for range in input.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, last.upperBound == UInt64.max || range.lowerBound <= last.upperBound + 1 {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }
}
