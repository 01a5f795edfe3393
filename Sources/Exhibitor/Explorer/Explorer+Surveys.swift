import FoundationEssentials
import ZooKeeper

/// Answers about whole subtrees, each within bounds of znodes and time.
extension Explorer {
    func size(of path: ZnodePath) async throws -> SubtreeSizeBody {
        try await connection.withClient { client in
            var totals = SubtreeAnalysis.Totals()
            let complete = try await SubtreeScan(client: client).run(path) { visit in
                totals.add(visit)
                return true
            }
            return SubtreeSizeBody(
                path: path.text, znodes: totals.znodes, bytes: totals.bytes, ephemerals: totals.ephemerals, depth: totals.depth,
                complete: complete)
        }
    }

    func analysis(of root: ZnodePath, depth: Int) async throws -> AnalysisBody {
        try await connection.withClient { client in
            var analysis = SubtreeAnalysis(top: root, depth: min(max(depth, 1), 10))
            let complete = try await SubtreeScan(client: client).run(root) { visit in
                analysis.add(visit)
                return true
            }
            return analysis.body(complete: complete)
        }
    }

    func search(below root: ZnodePath, for text: String, in places: Set<ZnodeSearch.Place>, limit: Int) async throws
        -> SearchBody
    {
        try await connection.withClient { client in
            var search = ZnodeSearch(match: TextMatch(text), places: places, limit: min(max(limit, 1), Self.pageLimit))
            let scan = SubtreeScan(client: client, readsData: places.contains(.data))
            let complete = try await scan.run(root) { search.visit($0) }
            return SearchBody(
                hits: search.hits.sorted { ByteOrder.precedes($0.path, $1.path) }, visited: search.visited, complete: complete)
        }
    }

    // MARK: - Locks

    func analyze(_ requests: [AnalyzeRequest]) async -> AnalyzeBody {
        do {
            return try await connection.withClient { client in
                var locks: [LockGraph.Lock] = []
                for request in requests {
                    do {
                        if let lock = try await lock(request, client) { locks.append(lock) }
                    } catch let error as ZooKeeperError where error.code == .noNode {
                        return AnalyzeBody(error: "Path not found: \(request.path)", nodes: [], possibleCycles: [])
                    }
                }
                return AnalyzeBody(error: "", nodes: locks, possibleCycles: LockGraph(locks).possibleCycles)
            }
        } catch {
            return AnalyzeBody(error: ExplorerFailure(error).description, nodes: [], possibleCycles: [])
        }
    }

    /// Nil for the root, which is nobody's lock.
    private func lock(_ request: AnalyzeRequest, _ client: ZooKeeperClient) async throws -> LockGraph.Lock? {
        var path = try ZnodePath(request.path)
        var names = try await client.children(path.text).names
        if names.isEmpty {
            // A contender was named, not the lock.
            path = path.parent
            if !path.isRoot { names = try await client.children(path.text).names }
        }
        guard !path.isRoot else { return nil }
        let sorted = names.sorted { first, second in
            let (one, other) = (String(LockGraph.turn(first)), String(LockGraph.turn(second)))
            return ByteOrder.isEqual(one, other) ? ByteOrder.precedes(first, second) : ByteOrder.precedes(one, other)
        }
        let lock = path
        let ids = try await concurrentMap(sorted) { name -> String? in
            do {
                return String(decoding: try await client.get(lock.child(name).text).data, as: UTF8.self)
            } catch let error as ZooKeeperError where error.code == .noNode {
                // Given up meanwhile.
                return nil
            }
        }
        return LockGraph.Lock(path: path.text, max: request.max, childIds: ids.compactMap { $0 })
    }
}
