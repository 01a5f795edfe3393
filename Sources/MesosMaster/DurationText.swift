/// Durations as the flags of Mesos write them: `15secs`, `2mins`, `1.5hrs` (contracts/mesos.md §2).
public enum DurationText {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("weeks", 604_800e9), ("days", 86_400e9), ("hrs", 3_600e9), ("mins", 60e9), ("secs", 1e9), ("ms", 1e6), ("us", 1e3), ("ns", 1),
    ]

    /// Seconds, or nil when it is not a duration.
    public static func seconds(_ text: String) -> Double? {
        for (name, nanoseconds) in units where text.hasSuffix(name) {
            guard let number = Double(text.dropLast(name.count)), number.isFinite else { return nil }
            return number * nanoseconds / 1e9
        }
        return nil
    }

    /// The largest unit in which it is whole.
    public static func text(seconds: Double) -> String {
        let nanoseconds = (seconds * 1e9).rounded()
        guard nanoseconds != 0 else { return "0ns" }
        for (name, unit) in units {
            let amount = nanoseconds / unit
            if abs(amount) >= 1, amount == amount.rounded() { return "\(Int(amount))\(name)" }
        }
        return "\(Int(nanoseconds))ns"
    }
}
