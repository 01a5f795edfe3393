import AppModel
import OfferMatcher
import ResourceModel

let now = Timestamp(milliseconds: 1_475_668_800_000)

func app(_ text: String) throws -> AppDefinition {
    try AppDefinition(json: JSONValue(parsing: text), version: now)
}

func offer(
    _ resources: [Resource] = [.scalar("cpus", 4), .scalar("mem", 1024), .scalar("disk", 1000), .ranges("ports", [31000...31099])],
    hostname: String = "10.0.0.1", attributes: [Attribute] = []
) -> Offer {
    Offer(id: "o", framework_id: "f", agent_id: "s", hostname: hostname, resources: resources, attributes: attributes)
}

func match(
    _ offer: Offer, _ apps: [AppDefinition], count: Int = 1, matcher: OfferMatcher = OfferMatcher(), seed: UInt64 = 1
) -> OfferMatch {
    var queue = apps.map { LaunchRequest(app: $0, count: count) }
    var random = SeededGenerator(seed: seed)
    return matcher.match(offer, queue: &queue, using: &random)
}

/// SplitMix64: a seed is all it takes to run a failing case again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
