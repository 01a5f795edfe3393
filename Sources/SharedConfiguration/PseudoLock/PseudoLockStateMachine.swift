/// One contender for the pseudo lock of contracts/exhibitor.md §7.5: a lock out of nothing but keys that can be listed.
///
/// Every contender makes a key `<prefix>_<epoch ms>_<random>` and owns the lock once the key has been visible for the
/// settling time and still sorts first.
///
/// - Guarantee: at most one owner at a time, provided listings show every key whose creation was confirmed, and
///   clock difference + longest creation < settling. A creation that took longer than `slowCreation` is thrown away and done
///   again, so clocks may differ by settling - slowCreation.
/// - A contender that dies leaves a key; the others delete it once it is older than `staleAge`. Age is by the clock
///   of the store, so a contender with a wrong clock deletes nobody's live key.
/// - Keys of foreign prefixes are those of older versions, which do not look at ours: while there is one that is not stale
///   we do not own the lock.
struct PseudoLockStateMachine: Sendable {
    struct Settings: Sendable {
        /// Without `_`, which separates the parts of a key.
        var prefix: String
        var foreignPrefixes: [String] = []
        var wait: Duration
        var settling = Duration.seconds(5)
        var poll = Duration.milliseconds(250)
        var staleAge = Duration.seconds(15 * 60)
        var slowCreation = Duration.seconds(2)
    }

    enum Event: Sendable {
        /// - wallMilliseconds: since 1970, by the contender's clock.
        case begin(wallMilliseconds: Int64, random: UInt64)
        /// The key that was asked for is there.
        case created
        /// - since: when the listing was asked for; what it shows may be as old as that.
        case listed([LockKey], since: Duration)
        /// The store could not be asked.
        case failed
    }

    enum Action: Sendable, Hashable {
        /// Answer with `begin`.
        case beginAgain
        case create(String)
        /// Answer with `listed` or `failed`.
        case list(after: Duration)
        case delete(String)
        case own
        /// The time is over; the key is deleted by an action before this one.
        case giveUp
    }

    private enum Phase: Sendable {
        case idle
        case creating(key: String, since: Duration)
        case contending(key: String, visibleSince: Duration)
        case owning
        case over
    }

    let settings: Settings
    private let deadline: Duration
    private var phase = Phase.idle

    /// - now: of the contender's monotonic clock, like every `now` after it.
    init(settings: Settings, now: Duration) {
        self.settings = settings
        deadline = now + settings.wait
    }

    /// The key that is ours, or is being made.
    private(set) var key: String?

    mutating func handle(_ event: Event, now: Duration) -> [Action] {
        switch (event, phase) {
        case (.begin(let milliseconds, let random), .idle):
            let name = "\(settings.prefix)_\(milliseconds)_\(String(random, radix: 16))"
            key = name
            phase = .creating(key: name, since: now)
            return [.create(name)]
        case (.created, .creating(let name, let since)):
            if now - since > settings.slowCreation {
                guard now < deadline else { return giveUp() }
                phase = .idle
                key = nil
                return [.delete(name), .beginAgain]
            }
            phase = .contending(key: name, visibleSince: now)
            return [.list(after: .zero)]
        case (.failed, .creating): return giveUp()
        case (.failed, .contending): return now < deadline ? [.list(after: settings.poll)] : giveUp()
        case (.listed(let keys, let since), .contending(let name, let visibleSince)):
            return decide(keys, own: name, settled: since - visibleSince >= settings.settling, now: now)
        default: return []
        }
    }

    private mutating func decide(_ keys: [LockKey], own: String, settled: Bool, now: Duration) -> [Action] {
        let others = keys.filter { $0.name != own }
        let stale = others.filter { $0.age > settings.staleAge }.map(\.name)
        let live = Set(others.map(\.name)).subtracting(stale)
        let isThere = keys.contains { $0.name == own }
        let isFirst = live.allSatisfy { own < $0 && !isForeign($0) }
        let deletions = stale.sorted().map(Action.delete)
        if settled, isThere, isFirst {
            phase = .owning
            return deletions + [.own]
        }
        return deletions + (now < deadline ? [.list(after: min(settings.poll, deadline - now))] : giveUp())
    }

    private func isForeign(_ name: String) -> Bool {
        !name.hasPrefix(settings.prefix + "_") && settings.foreignPrefixes.contains { name.hasPrefix($0 + "_") }
    }

    private mutating func giveUp() -> [Action] {
        phase = .over
        defer { key = nil }
        return (key.map { [.delete($0)] } ?? []) + [.giveUp]
    }
}
