/// Transforms every element, at most `width` at the same time, and keeps the order.
///
/// Requests of one ZooKeeper connection are answered in order, so many may be under way at once.
func concurrentMap<Element: Sendable, Result: Sendable>(
    _ elements: some Collection<Element>, width: Int = 256, _ transform: @escaping @Sendable (Element) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var results: [Result?] = Array(repeating: nil, count: elements.count)
        for (index, element) in elements.enumerated() {
            if index >= width, let (done, result) = try await group.next() { results[done] = result }
            group.addTask { (index, try await transform(element)) }
        }
        for try await (done, result) in group { results[done] = result }
        return results.compactMap { $0 }
    }
}
