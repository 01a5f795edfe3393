/// What the list of indexes tells of one; stored beside it as `<name>.properties`.
public struct IndexSummary: Sendable, Hashable {
    /// `exhibitor-<milliseconds since 1970>`.
    public var name: String
    /// Times of the oldest and the newest record, milliseconds since 1970; both 0 without any.
    public var from: Int64
    public var to: Int64
    public var count: Int
    /// Of them, at the front: those which a snapshot told; they are not in the order of time.
    public var snapshotCount: Int

    static let version = 1

    init(name: String, from: Int64, to: Int64, count: Int, snapshotCount: Int) {
        self.name = name
        self.from = from
        self.to = to
        self.count = count
        self.snapshotCount = snapshotCount
    }

    var properties: String {
        """
        version=\(Self.version)
        date.from=\(from)
        date.to=\(to)
        entry.count=\(count)
        snapshot.count=\(snapshotCount)

        """
    }

    /// - Returns: nil when a line is missing or the version is another one.
    init?(name: String, properties: String) {
        var values: [Substring: Int64] = [:]
        for line in properties.split(whereSeparator: \.isNewline) {
            guard let equals = line.firstIndex(of: "="), let value = Int64(line[line.index(after: equals)...]) else { continue }
            values[line[..<equals]] = value
        }
        guard values["version"] == Int64(Self.version), let from = values["date.from"], let to = values["date.to"],
            let count = values["entry.count"], let snapshotCount = values["snapshot.count"], count >= 0, snapshotCount >= 0,
            snapshotCount <= count
        else { return nil }
        self.init(name: name, from: from, to: to, count: Int(count), snapshotCount: Int(snapshotCount))
    }
}
