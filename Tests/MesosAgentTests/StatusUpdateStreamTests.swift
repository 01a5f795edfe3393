import ResourceModel
import Testing

@testable import MesosAgent

@Suite("The stream of a task's status updates") struct StatusUpdateStreamTests {
    private func status(_ state: TaskState, _ uuid: String) -> TaskStatus {
        var status = TaskStatus(task_id: "t", state: state)
        status.uuid = uuid
        return status
    }

    @Test func `an update is sent only once it is on disk`() {
        let now = ContinuousClock.now
        var stream = StatusUpdateStream()
        let running = status(.running, "a")
        #expect(stream.append(running) == [.persist(.update(running))])
        #expect(stream.tick(now: now + .seconds(100)) == [])
        #expect(stream.persisted("a", now: now) == [.send(running)])
    }

    @Test func `the next update waits for the acknowledgement of the one before`() {
        let now = ContinuousClock.now
        var stream = StatusUpdateStream()
        let running = status(.running, "a")
        let finished = status(.finished, "b")
        _ = stream.append(running) + stream.append(finished)
        #expect(stream.persisted("a", now: now) == [.send(running)])
        #expect(stream.persisted("b", now: now) == [])
        #expect(stream.acknowledge("b", now: now) == [])
        #expect(stream.acknowledge("a", now: now) == [.persist(.acknowledged("a")), .send(finished)])
        #expect(stream.acknowledge("a", now: now) == [])
        #expect(stream.acknowledge("b", now: now) == [.persist(.acknowledged("b")), .finished])
    }

    @Test func `an unacknowledged update is sent again after 10 s, doubling to 10 min`() {
        var now = ContinuousClock.now
        var stream = StatusUpdateStream()
        let running = status(.running, "a")
        _ = stream.append(running)
        _ = stream.persisted("a", now: now)
        var waits: [Duration] = []
        for _ in 0..<9 {
            guard let deadline = stream.deadline else { break }
            waits.append(now.duration(to: deadline))
            #expect(stream.tick(now: deadline - .milliseconds(1)) == [])
            now = deadline
            #expect(stream.tick(now: now) == [.send(running)])
        }
        #expect(waits == [10, 20, 40, 80, 160, 320, 600, 600, 600].map { .seconds($0) })
    }

    @Test func `whatever crashes and repeats happen, the framework sees every update once in order of first sight`() {
        for seed in 0..<500 as Range<UInt64> {
            var random = SplitMix(state: seed)
            var now = ContinuousClock.now
            var disk: [StatusUpdateStream.Entry] = []
            var stream = StatusUpdateStream()
            var unwritten: [StatusUpdateStream.Entry] = []
            var wire: [TaskStatus] = []
            var seen: [String] = []
            var emitted: [String] = []
            var isFinished = false

            func carry(_ actions: [StatusUpdateStream.Action]) {
                for action in actions {
                    switch action {
                    case .persist(let entry): unwritten.append(entry)
                    case .send(let status): wire.append(status)
                    case .finished: isFinished = true
                    }
                }
            }
            for step in 0..<200 where !isFinished {
                now += .seconds(Int.random(in: 0...30, using: &random))
                switch Int.random(in: 0..<7, using: &random) {
                case 0 where emitted.count < 8:
                    let uuid = "u\(emitted.count)"
                    emitted.append(uuid)
                    carry(stream.append(status(emitted.count == 8 ? .finished : .running, uuid)))
                case 1, 2:
                    guard !unwritten.isEmpty else { continue }
                    let entry = unwritten.removeFirst()
                    disk.append(entry)
                    if case .update(let status) = entry, let uuid = status.uuid { carry(stream.persisted(uuid, now: now)) }
                case 3, 4:
                    // The master passes an update on and the framework acknowledges, perhaps twice.
                    guard let status = wire.last, let uuid = status.uuid else { continue }
                    if seen.last != uuid, !seen.contains(uuid) { seen.append(uuid) }
                    carry(stream.acknowledge(uuid, now: now))
                    if Bool.random(using: &random) { carry(stream.acknowledge(uuid, now: now)) }
                case 5: carry(stream.tick(now: now))
                default:
                    // The agent crashes: what was not on disk never was.
                    emitted.removeLast(unwritten.count { if case .update = $0 { true } else { false } })
                    unwritten = []
                    wire = []
                    stream = .replay(disk)
                    carry(stream.resend(now: now))
                }
                let expected = Array(emitted.prefix(seen.count))
                #expect(seen == expected, "seed \(seed) step \(step)")
                #expect(wire.allSatisfy { emitted.contains($0.uuid ?? "") }, "seed \(seed) step \(step)")
            }
        }
    }
}
