import AppModel

/// Decides when to ask the master for offers and when to have none: REVIVE the moment that something new wants to be
/// launched, some more times while it waits, SUPPRESS when nothing does (contracts/marathon.md §10.3).
struct OfferInterest: Sendable {
    enum Step: Sendable, Equatable { case revive, suppress }

    /// A burst of changes makes one REVIVE.
    static let shortestGap = Duration.milliseconds(50)

    /// What waited when offers were last asked for: app and launches.
    private var asked: [AppID: Int] = [:]
    private var isSuppressed = false
    private var lastRevive: Timestamp?
    private var repetitionsLeft = 0
    /// When to look again.
    private(set) var due: Timestamp?

    /// A new subscription: the master sends offers and knows no filters of ours.
    mutating func subscribed(wanted: [AppID: Int], at now: Timestamp) {
        asked = wanted
        isSuppressed = false
        lastRevive = now
        repetitionsLeft = 0
        due = nil
    }

    /// - wanted: launches that are waiting now and not delayed, by app.
    mutating func step(wanted: [AppID: Int], at now: Timestamp, interval: Duration, repetitions: Int) -> Step? {
        due = nil
        guard !wanted.isEmpty else {
            asked = [:]
            guard !isSuppressed else { return nil }
            isSuppressed = true
            return .suppress
        }
        let isNew = isSuppressed || wanted.contains { $0.value > asked[$0.key, default: 0] }
        if isNew {
            if let lastRevive, lastRevive + Self.shortestGap > now, !isSuppressed {
                due = lastRevive + Self.shortestGap
                return nil
            }
            repetitionsLeft = repetitions
        } else {
            asked = wanted
            guard repetitionsLeft > 0, let lastRevive else { return nil }
            guard lastRevive + interval <= now else {
                due = lastRevive + interval
                return nil
            }
            repetitionsLeft -= 1
        }
        asked = wanted
        isSuppressed = false
        lastRevive = now
        if repetitionsLeft > 0 { due = now + interval }
        return .revive
    }
}
