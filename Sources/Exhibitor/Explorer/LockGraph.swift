/// Who holds and who waits for the locks below some paths, and whether they may wait for each other in a circle
/// (contracts/exhibitor.md §5, "Analyze algorithm").
struct LockGraph: Sendable, Equatable {
    /// One lock: its contenders in the order of their turn.
    struct Lock: Codable, Sendable, Equatable {
        var path: String
        /// So many hold it at once.
        var max: Int
        /// What each contender wrote into its znode.
        var childIds: [String]
    }

    struct Cycle: Codable, Sendable, Hashable {
        /// `PATH:…` and `PROCESS:…`.
        var ids: [String]
    }

    private enum Vertex: Hashable {
        case path(String)
        case process(String)

        var label: String {
            switch self {
            case .path(let path): "PATH:\(path)"
            case .process(let id): "PROCESS:\(id)"
            }
        }
    }

    private var edges: [Vertex: [Vertex]] = [:]
    private let paths: [String]

    init(_ locks: [Lock]) {
        paths = locks.map(\.path)
        for lock in locks {
            for (index, id) in lock.childIds.enumerated() {
                if index < lock.max {
                    edges[.process(id), default: []].append(.path(lock.path))
                } else {
                    edges[.path(lock.path), default: []].append(.process(id))
                }
            }
        }
    }

    /// The text by which contenders are sorted: what follows the last dash.
    static func turn(_ name: String) -> Substring {
        name.lastIndex(of: "-").map { name[name.index(after: $0)...] } ?? name[...]
    }

    /// The circles found by walking from each path: one ends where a path comes that the walk is already on.
    var possibleCycles: [Cycle] {
        var found: [Cycle] = []
        var known: Set<Set<String>> = []
        for path in paths {
            for cycle in cycles(from: .path(path)) {
                var ids: [String] = []
                for vertex in cycle where !ids.contains(vertex.label) { ids.append(vertex.label) }
                if known.insert(Set(ids)).inserted { found.append(Cycle(ids: ids)) }
            }
        }
        return found
    }

    /// Each vertex is left once for good, so the walk is as long as the graph is large.
    private func cycles(from start: Vertex) -> [[Vertex]] {
        var cycles: [[Vertex]] = []
        var visited: Set<Vertex> = [start]
        var walk: [(vertex: Vertex, next: Int)] = [(start, 0)]
        while let last = walk.last {
            let targets = edges[last.vertex] ?? []
            guard last.next < targets.count else {
                walk.removeLast()
                continue
            }
            walk[walk.count - 1].next += 1
            let target = targets[last.next]
            if case .path = target, let first = walk.firstIndex(where: { $0.vertex == target }) {
                cycles.append(walk[first...].map(\.vertex))
            } else if visited.insert(target).inserted {
                walk.append((target, 0))
            }
        }
        return cycles
    }
}

/// The answer of `explorer/analyze`.
struct AnalyzeBody: Encodable, Sendable, Equatable {
    var error: String
    var nodes: [LockGraph.Lock]
    var possibleCycles: [LockGraph.Cycle]
}

/// One element of the question.
struct AnalyzeRequest: Decodable, Sendable {
    var path: String
    var max: Int
}
