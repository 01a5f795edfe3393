/// What did not come true, and what was seen instead.
struct Failure: Error, CustomStringConvertible {
    let description: String
}

/// Waits until a condition holds.
/// - seen: put into the failure.
func eventually(
    _ what: String, within deadline: Duration, seen: () async -> String = { "" }, _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + deadline
    while true {
        if try await condition() { return }
        guard ContinuousClock.now < end else {
            let seen = await seen()
            throw Failure(description: "not within \(deadline): \(what)\(seen.isEmpty ? "" : "; seen: \(seen)")")
        }
        try await Task.sleep(for: .milliseconds(100))
    }
}
