public import AppModel
public import ResourceModel

/// Why the offers of late did not start the tasks of an app: what `/v2/queue` explains (contracts/marathon.md §16).
///
///     statistics.record(reasons: match.rejections[app.id] ?? [], offer: offer, now: now)
public struct OfferStatistics: Sendable {
    private struct Unused: Sendable {
        let offer: Offer
        let reasons: [RejectionReason]
        let at: Timestamp
    }

    /// When the app entered the queue.
    public let since: Timestamp
    public private(set) var processedOffers = 0
    public private(set) var unusedOffers = 0
    private var declined: [RejectionReason: Int] = [:]
    private var lastUsedOfferAt: Timestamp?
    private var lastUnusedOfferAt: Timestamp?
    /// The newest unused offer of each agent.
    private var lastUnused: [AgentID: Unused] = [:]

    /// Agents whose last offer is remembered.
    private static let rememberedAgents = 50

    public init(since: Timestamp) { self.since = since }

    /// - reasons: empty = the offer was used.
    public mutating func record(reasons: [RejectionReason], offer: Offer, now: Timestamp) {
        processedOffers += 1
        guard !reasons.isEmpty else {
            lastUsedOfferAt = now
            lastUnused[offer.agent_id] = nil
            return
        }
        unusedOffers += 1
        lastUnusedOfferAt = now
        for reason in reasons { declined[reason, default: 0] += 1 }
        lastUnused[offer.agent_id] = Unused(offer: offer, reasons: reasons, at: now)
        if lastUnused.count > Self.rememberedAgents, let oldest = lastUnused.min(by: { $0.value.at < $1.value.at }) {
            lastUnused[oldest.key] = nil
        }
    }

    /// The reason most offers were declined for; nil when none was.
    public var topReason: RejectionReason? {
        RejectionReason.allCases.filter { declined[$0] != nil }.max { (declined[$0] ?? 0) < (declined[$1] ?? 0) }
    }

    /// `processedOffersSummary`.
    public var summaryJSON: JSONValue {
        let last = Dictionary(lastUnused.values.flatMap(\.reasons).map { ($0, 1) }, uniquingKeysWith: +)
        var object = JSONObject([
            ("processedOffersCount", JSONValue(processedOffers)), ("unusedOffersCount", JSONValue(unusedOffers)),
        ])
        if let lastUnusedOfferAt { object.append("lastUnusedOfferAt", .string(lastUnusedOfferAt.description)) }
        if let lastUsedOfferAt { object.append("lastUsedOfferAt", .string(lastUsedOfferAt.description)) }
        object.append("rejectSummaryLastOffers", Self.json(last, processed: lastUnused.count))
        object.append("rejectSummaryLaunchAttempt", Self.json(declined, processed: processedOffers))
        return .object(object)
    }

    /// `lastUnusedOffers`, newest first.
    public var lastUnusedOffersJSON: JSONValue {
        .array(
            lastUnused.values.sorted { $0.at > $1.at }.map { unused in
                [
                    "offer": [
                        "id": .string(unused.offer.id.value), "hostname": .string(unused.offer.hostname),
                        "agentId": .string(unused.offer.agent_id.value),
                    ], "reason": JSONValue(unused.reasons.map(\.rawValue)), "timestamp": .string(unused.at.description),
                ]
            })
    }

    private static func json(_ counts: [RejectionReason: Int], processed: Int) -> JSONValue {
        .array(
            RejectionReason.allCases.map { reason in
                [
                    "reason": .string(reason.rawValue), "declined": JSONValue(counts[reason] ?? 0),
                    "processed": JSONValue(processed),
                ]
            })
    }
}
