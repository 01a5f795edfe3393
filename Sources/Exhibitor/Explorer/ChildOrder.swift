/// How the children of a znode are sorted.
enum ChildOrder {
    /// The order of the tree (contracts/exhibitor.md §5): by sequence number if every name ends in one, else by name.
    static func sortForTree(_ names: inout [String]) {
        let numbers = names.compactMap(sequenceNumber)
        guard numbers.count == names.count else { return names.sort(by: ByteOrder.precedes) }
        let order = names.indices.sorted { first, second in
            numbers[first] == numbers[second] ? ByteOrder.precedes(names[first], names[second]) : numbers[first] < numbers[second]
        }
        names = order.map { names[$0] }
    }

    /// The last ten characters as a number; nil unless all of them are digits.
    static func sequenceNumber(_ name: String) -> UInt64? {
        guard name.utf8.count >= 10 else { return nil }
        var number: UInt64 = 0
        for digit in name.utf8.suffix(10) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + UInt64(digit - UInt8(ascii: "0"))
        }
        return number
    }
}
