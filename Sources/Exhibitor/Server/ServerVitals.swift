import FoundationEssentials

/// What a running server says about itself in answer to `mntr` and `conf` (contracts/exhibitor.md §13.4).
public struct ServerVitals: Sendable, Equatable {
    /// Every line of `mntr`, by key without the prefix `zk_`.
    public var values: [String: String]

    /// - monitor: the answer to `mntr`.
    public init(monitor: String) {
        values = [:]
        for line in monitor.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "\t", maxSplits: 1)
            guard parts.count == 2, parts[0].hasPrefix("zk_") else { continue }
            values[String(parts[0].dropFirst(3))] = String(parts[1])
        }
    }

    public func number(_ key: String) -> Double? { values[key].flatMap { Double($0) } }
    public func integer(_ key: String) -> Int? { number(key).map { Int($0) } }

    /// `3.8.0`.
    public var version: String? { values["version"].map { String($0.prefix { $0.isNumber || $0 == "." }) } }
}
