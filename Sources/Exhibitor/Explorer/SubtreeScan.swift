import FoundationEssentials
import ZooKeeper

/// Visits the znodes of a subtree in no order, with many requests under way at once, within bounds.
///
/// Held in memory are the names that are not visited yet, not their paths, so that a million children cost their names only.
struct SubtreeScan {
    struct Bounds: Sendable {
        var znodes = 1_000_000
        var time = Duration.seconds(20)
        /// Children of a znode with more than this are not visited.
        var children = Int.max
    }

    struct Visit: Sendable {
        let path: ZnodePath
        /// 0 for the top.
        let depth: Int
        let stat: Stat
        /// Nil when not asked for, or not allowed.
        let data: Data?
    }

    private struct Answer: Sendable {
        let visit: Visit
        let names: [String]
        /// The access control list hides its children or its data.
        let isHidden: Bool
    }

    private struct Frame {
        let parent: ZnodePath
        let depth: Int
        var names: ArraySlice<String>
    }

    /// Requests under way at once.
    private static let width = 192

    let client: ZooKeeperClient
    var bounds = Bounds()
    var readsData = false

    /// - visit: false ends the scan.
    /// - Returns: whether everything was visited.
    /// - Throws: `noNode` when there is no top.
    func run(_ top: ZnodePath, visit: (Visit) -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + bounds.time
        guard let first = try await answer(top, depth: 0) else { throw ZooKeeperError(.noNode, path: top.text) }
        var frames: [Frame] = []
        var isComplete = true
        var started = 1

        /// False when the scan ends here.
        func take(_ answer: Answer) -> Bool {
            if answer.isHidden { isComplete = false }
            if !answer.names.isEmpty, answer.names.count <= bounds.children {
                frames.append(Frame(parent: answer.visit.path, depth: answer.visit.depth + 1, names: answer.names[...]))
            }
            return visit(answer.visit)
        }
        guard take(first) else { return false }
        try await withThrowingTaskGroup(of: Answer?.self) { group in
            var underWay = 0
            while true {
                while underWay < Self.width, let (path, depth) = Self.next(&frames) {
                    guard started < bounds.znodes, ContinuousClock.now < deadline else {
                        isComplete = false
                        frames = []
                        break
                    }
                    started += 1
                    underWay += 1
                    group.addTask { try await self.answer(path, depth: depth) }
                }
                guard let answer = try await group.next() else { return }
                underWay -= 1
                // One that is gone meanwhile was not there.
                guard let answer, !take(answer) else { continue }
                isComplete = false
                group.cancelAll()
                return
            }
        }
        return isComplete
    }

    private static func next(_ frames: inout [Frame]) -> (ZnodePath, Int)? {
        guard var frame = frames.popLast(), let name = frame.names.popFirst() else { return nil }
        if !frame.names.isEmpty { frames.append(frame) }
        return (frame.parent.child(name), frame.depth)
    }

    /// Nil when the znode is gone.
    private func answer(_ path: ZnodePath, depth: Int) async throws -> Answer? {
        do {
            let (names, stat) = try await client.children(path.text)
            guard readsData, stat.dataLength > 0 else {
                return Answer(visit: Visit(path: path, depth: depth, stat: stat, data: nil), names: names, isHidden: false)
            }
            let data = try await client.get(path.text).data
            return Answer(visit: Visit(path: path, depth: depth, stat: stat, data: data), names: names, isHidden: false)
        } catch let error as ZooKeeperError where error.code == .noNode {
            return nil
        } catch let error as ZooKeeperError where error.code == .noAuth {
            guard let stat = try await client.exists(path.text) else { return nil }
            return Answer(visit: Visit(path: path, depth: depth, stat: stat, data: nil), names: [], isHidden: true)
        }
    }
}
