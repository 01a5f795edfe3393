/// A piece of a sorted list of names: those after a name, that contain a text, at most so many.
struct ChildPage: Sendable, Equatable {
    var names: ArraySlice<String>
    /// Names that contain the text.
    var matched: Int
    /// Where the next page begins: the last name of this one; nil when it is the last page.
    var next: String?

    /// - Parameters:
    ///   - sorted: by `ByteOrder.precedes`.
    ///   - after: the last name of the page before; it need not exist any more.
    init(of sorted: [String], after: String?, limit: Int, match: TextMatch?) {
        let candidates = match.map { match in sorted.filter(match.isFound) } ?? sorted
        var start = 0
        if let after {
            var end = candidates.count
            while start < end {
                let middle = start + (end - start) / 2
                if ByteOrder.precedes(after, candidates[middle]) { end = middle } else { start = middle + 1 }
            }
        }
        let stop = min(start + limit, candidates.count)
        names = candidates[start..<stop]
        matched = candidates.count
        next = stop < candidates.count ? names.last : nil
    }
}
