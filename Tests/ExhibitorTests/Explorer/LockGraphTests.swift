import Testing

@testable import Exhibitor

@Suite struct LockGraphTests {
    private typealias Lock = LockGraph.Lock

    @Test func oneLockIsNoCircle() {
        #expect(LockGraph([Lock(path: "/l", max: 1, childIds: ["p1", "p2", "p3"])]).possibleCycles.isEmpty)
        #expect(LockGraph([]).possibleCycles.isEmpty)
        #expect(LockGraph([Lock(path: "/l", max: 1, childIds: [])]).possibleCycles.isEmpty)
    }

    @Test func twoThatWaitForEachOtherAreACircle() {
        let graph = LockGraph([
            Lock(path: "/a", max: 1, childIds: ["p1", "p2"]), Lock(path: "/b", max: 1, childIds: ["p2", "p1"]),
        ])
        #expect(graph.possibleCycles.map { Set($0.ids) } == [["PATH:/a", "PROCESS:p2", "PATH:/b", "PROCESS:p1"]])
    }

    @Test func whoWaitsForItselfIsACircle() {
        #expect(
            LockGraph([Lock(path: "/lock", max: 1, childIds: ["p1", "p1"])]).possibleCycles
                == [LockGraph.Cycle(ids: ["PATH:/lock", "PROCESS:p1"])])
    }

    @Test func aSemaphoreWithRoomHoldsNobodyUp() {
        let graph = LockGraph([
            Lock(path: "/a", max: 2, childIds: ["p1", "p2"]), Lock(path: "/b", max: 1, childIds: ["p2", "p1"]),
        ])
        #expect(graph.possibleCycles.isEmpty)
    }

    @Test func turnsAreTakenByTheTextAfterTheLastDash() {
        #expect(LockGraph.turn("_c_1-2-lock-0000000007") == "0000000007")
        #expect(LockGraph.turn("plain") == "plain")
        #expect(LockGraph.turn("ends-") == "")
    }

    /// Against a search for any way from a path back to itself.
    @Test(arguments: 0..<300)
    func aCircleIsFoundExactlyWhenThereIsOne(_ seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let processes = (0..<4).map { "p\($0)" }
        let locks = (0..<Int.random(in: 1...4, using: &generator)).map { index in
            Lock(
                path: "/\(index)", max: Int.random(in: 0...2, using: &generator),
                childIds: Array(processes.shuffled(using: &generator).prefix(Int.random(in: 0...4, using: &generator))))
        }
        // One step: a path waits for a holder of another path.
        var steps: [String: Set<String>] = [:]
        for lock in locks {
            for waiter in lock.childIds.dropFirst(lock.max) {
                for other in locks where other.childIds.prefix(other.max).contains(waiter) {
                    steps[lock.path, default: []].insert(other.path)
                }
            }
        }
        func reaches(_ start: String) -> Bool {
            var open = Array(steps[start] ?? [])
            var seen = Set(open)
            while let next = open.popLast() {
                if next == start { return true }
                for step in steps[next] ?? [] where seen.insert(step).inserted { open.append(step) }
            }
            return false
        }
        let cycles = LockGraph(locks).possibleCycles
        #expect(cycles.isEmpty == !locks.contains { reaches($0.path) }, "seed \(seed)")
        for cycle in cycles {
            #expect(Set(cycle.ids).count == cycle.ids.count, "seed \(seed)")
            #expect(cycle.ids.contains { $0.hasPrefix("PATH:") && reaches(String($0.dropFirst(5))) }, "seed \(seed)")
        }
    }
}
