@testable import SharedConfiguration

/// Contenders of one pseudo lock in simulated time: clocks that differ, requests that take their time, deaths.
struct SimulatedLockRace {
    struct Contender {
        var machine: PseudoLockStateMachine
        /// What its clock shows beyond the true time, in ms.
        let skew: Int
        var isDead = false
        var owns = false
    }

    private enum Happening {
        case start(Int)
        /// A request takes effect at the store.
        case arrives(Int, Request)
        /// Its answer reaches the contender.
        case answered(Int, PseudoLockStateMachine.Event)
        case ask(Int)
        case release(Int)
        case die(Int)
    }

    private enum Request {
        case create(String)
        case list(since: Duration)
        case delete(String)
    }

    private var random: SeededGenerator
    private var agenda: [(time: Int, order: Int, what: Happening)] = []
    private var order = 0
    private(set) var contenders: [Contender] = []
    /// Key name to the time it was made.
    private(set) var keys: [String: Int] = [:]
    private var time = 0
    private(set) var acquisitions = 0
    private(set) var mostOwners = 0
    private(set) var liveKeysDeleted = 0
    private let maximumLatency: Int

    /// - maximumSkew: between two clocks, ms. - maximumLatency: of one way of a request, ms.
    init(seed: UInt64, contenders count: Int, maximumSkew: Int, maximumLatency: Int, deaths: Int) {
        random = SeededGenerator(seed: seed)
        self.maximumLatency = maximumLatency
        for index in 0..<count {
            let start = Int.random(in: 0...12_000, using: &random)
            let wait = Duration.milliseconds(Int.random(in: 6000...60_000, using: &random))
            contenders.append(
                Contender(
                    machine: PseudoLockStateMachine(settings: .init(prefix: "lock", wait: wait), now: .milliseconds(start)),
                    skew: Int.random(in: 0...maximumSkew, using: &random)))
            plan(at: start, .start(index))
        }
        for index in 0..<deaths { plan(at: Int.random(in: 0...40_000, using: &random), .die(index)) }
    }

    /// Until nothing happens any more.
    mutating func run() {
        while let next = agenda.indices.min(by: { (agenda[$0].time, agenda[$0].order) < (agenda[$1].time, agenda[$1].order) }) {
            let (time, _, what) = agenda.remove(at: next)
            self.time = time
            happen(what)
            mostOwners = max(mostOwners, contenders.count { $0.owns })
        }
    }

    private mutating func plan(at time: Int, _ what: Happening) {
        order += 1
        agenda.append((time, order, what))
    }

    private mutating func latency() -> Int { Int.random(in: 0...maximumLatency, using: &random) }

    private mutating func happen(_ what: Happening) {
        switch what {
        case .start(let index): feed(index, beginning(index))
        case .answered(let index, let event): feed(index, event)
        case .ask(let index):
            guard !contenders[index].isDead else { return }
            plan(at: time + latency(), .arrives(index, .list(since: .milliseconds(time))))
        case .release(let index):
            contenders[index].owns = false
            if let key = contenders[index].machine.key, !contenders[index].isDead {
                plan(at: time + latency(), .arrives(index, .delete(key)))
            }
        case .die(let index):
            contenders[index].isDead = true
            contenders[index].owns = false
        case .arrives(let index, .create(let key)):
            keys[key] = time
            plan(at: time + latency(), .answered(index, .created))
        case .arrives(let index, .list(let since)):
            let listing = keys.map { LockKey(name: $0.key, age: .milliseconds(time - $0.value)) }
            plan(at: time + latency(), .answered(index, .listed(listing, since: since)))
        case .arrives(let index, .delete(let key)):
            if let owner = contenders.firstIndex(where: { $0.machine.key == key && !$0.isDead }), owner != index { liveKeysDeleted += 1 }
            keys[key] = nil
        }
    }

    private mutating func beginning(_ index: Int) -> PseudoLockStateMachine.Event {
        .begin(wallMilliseconds: Int64(1_000_000 + time + contenders[index].skew), random: .random(in: 0 ... .max, using: &random))
    }

    private mutating func feed(_ index: Int, _ event: PseudoLockStateMachine.Event) {
        guard !contenders[index].isDead else { return }
        for action in contenders[index].machine.handle(event, now: .milliseconds(time)) {
            switch action {
            case .beginAgain: feed(index, beginning(index))
            case .create(let key): plan(at: time + latency(), .arrives(index, .create(key)))
            case .list(let pause): plan(at: time + Int(pause / .milliseconds(1)), .ask(index))
            case .delete(let key): plan(at: time + latency(), .arrives(index, .delete(key)))
            case .own:
                contenders[index].owns = true
                acquisitions += 1
                plan(at: time + Int.random(in: 1...20_000, using: &random), .release(index))
            case .giveUp: break
            }
        }
    }
}
