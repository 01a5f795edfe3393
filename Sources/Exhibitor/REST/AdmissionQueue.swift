/// Who may be served now, who waits, who is refused: so many at once, so many behind them, first come first served.
struct AdmissionQueue: Sendable {
    enum Decision: Sendable, Equatable { case enter, wait, refuse }

    private let capacity: Int
    private let waitingLimit: Int
    private(set) var active = 0
    private(set) var waiting = 0
    /// In the order of arrival; some of them may have left.
    private var line: [UInt64] = []
    /// The part of the line before this is done with.
    private var lineStart = 0
    private var absent: Set<UInt64> = []

    init(capacity: Int, waitingLimit: Int) {
        self.capacity = capacity
        self.waitingLimit = waitingLimit
    }

    mutating func arrive(_ id: UInt64) -> Decision {
        if active < capacity {
            active += 1
            return .enter
        }
        guard waiting < waitingLimit else { return .refuse }
        waiting += 1
        line.append(id)
        return .wait
    }

    /// One that was served is done.
    /// - Returns: who enters in its place.
    mutating func leave() -> UInt64? {
        while lineStart < line.count {
            let id = line[lineStart]
            lineStart += 1
            if absent.remove(id) != nil { continue }
            waiting -= 1
            compact()
            return id
        }
        compact()
        active -= 1
        return nil
    }

    /// One that waits does so no longer. It must be in the line.
    mutating func giveUp(_ id: UInt64) {
        waiting -= 1
        absent.insert(id)
    }

    private mutating func compact() {
        guard lineStart > 256, lineStart * 2 > line.count else {
            if lineStart == line.count { (line, lineStart) = ([], 0) }
            return
        }
        line.removeFirst(lineStart)
        lineStart = 0
    }
}
