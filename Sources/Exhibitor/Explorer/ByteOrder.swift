import Glibc

/// Text by its bytes, as ZooKeeper sees it: no two different names are equal.
enum ByteOrder {
    static func precedes(_ first: String, _ second: String) -> Bool {
        compare(first, second) < 0
    }

    static func isEqual(_ first: String, _ second: String) -> Bool {
        first.utf8.count == second.utf8.count && compare(first, second) == 0
    }

    private static func compare(_ first: String, _ second: String) -> Int {
        let fast = first.utf8.withContiguousStorageIfAvailable { first in
            second.utf8.withContiguousStorageIfAvailable { second in
                guard let left = first.baseAddress, let right = second.baseAddress else { return first.count - second.count }
                let order = Int(memcmp(left, right, min(first.count, second.count)))
                return order == 0 ? first.count - second.count : order
            }
        }
        if let fast = fast ?? nil { return fast }
        if first.utf8.elementsEqual(second.utf8) { return 0 }
        return first.utf8.lexicographicallyPrecedes(second.utf8) ? -1 : 1
    }
}
