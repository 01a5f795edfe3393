import Testing

@testable import Exhibitor

@Suite struct AdmissionTests {
    /// Against a plain list.
    @Test(arguments: 0..<300)
    func theQueueServesInOrderWithinItsLimits(_ seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let capacity = Int.random(in: 1...3, using: &generator)
        let limit = Int.random(in: 0...5, using: &generator)
        var queue = AdmissionQueue(capacity: capacity, waitingLimit: limit)
        var active = 0
        var line: [UInt64] = []
        for id in 0..<UInt64(600) {
            switch Int.random(in: 0..<5, using: &generator) {
            case 0, 1:
                let expected: AdmissionQueue.Decision = active < capacity ? .enter : line.count < limit ? .wait : .refuse
                #expect(queue.arrive(id) == expected, "seed \(seed)")
                if expected == .enter { active += 1 }
                if expected == .wait { line.append(id) }
            case 2, 3:
                guard active > 0 else { continue }
                let next = line.isEmpty ? nil : line.removeFirst()
                #expect(queue.leave() == next, "seed \(seed)")
                if next == nil { active -= 1 }
            default:
                guard let index = line.indices.randomElement(using: &generator) else { continue }
                queue.giveUp(line.remove(at: index))
            }
            #expect(queue.active == active, "seed \(seed)")
            #expect(queue.waiting == line.count, "seed \(seed)")
        }
    }

    private actor Crowd {
        private var now = 0
        private(set) var most = 0

        func come() {
            now += 1
            most = max(most, now)
        }
        func go() { now -= 1 }
    }

    @Test func letsOneInForEachThatLeaves() async throws {
        let admission = Admission(capacity: 2, waitingLimit: 100)
        let crowd = Crowd()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    let permit = try await admission.enter()
                    await crowd.come()
                    await Task.yield()
                    await crowd.go()
                    withExtendedLifetime(permit) {}
                }
            }
            try await group.waitForAll()
        }
        #expect(await crowd.most <= 2)
        #expect(admission.load == Admission.Load())
    }

    @Test func refusesBeyondTheQueueAndForgetsWhoIsCancelled() async throws {
        let admission = Admission(capacity: 1, waitingLimit: 1)
        var permit: Admission.Permit? = try await admission.enter()
        let waiting = Task { try await admission.enter() }
        while admission.load.waiting == 0 { await Task.yield() }
        await #expect(throws: Admission.Refused.self) { try await admission.enter() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(admission.load == Admission.Load(active: 1, waiting: 0, refused: 1))
        withExtendedLifetime(permit) {}
        permit = nil
        #expect(admission.load.active == 0)
    }
}
