/// Content negotiation by the `Accept` header, as far as two offers need it (RFC 9110 §12.5.1).
enum MediaType: String, Sendable {
    case json = "application/json"
    case form = "application/x-www-form-urlencoded"

    /// The offer the client likes best; the first of equals; nil when it excludes all of them (406).
    /// - accept: nil or empty accepts anything.
    static func choose(accept: String?, from offers: [MediaType]) -> MediaType? {
        let ranges = (accept ?? "").split(separator: ",").compactMap(Range.init)
        guard !ranges.isEmpty else { return offers.first }
        var best: (offer: MediaType, quality: Double)?
        for offer in offers {
            // The most specific range that fits decides.
            guard let range = ranges.filter({ $0.matches(offer) }).max(by: { $0.specificity < $1.specificity }), range.quality > 0
            else { continue }
            if best.map({ $0.quality < range.quality }) ?? true { best = (offer, range.quality) }
        }
        return best?.offer
    }

    private struct Range {
        let type: String
        let quality: Double

        init?(_ text: Substring) {
            let parts = text.split(separator: ";").map { part in String(part.filter { !$0.isWhitespace }).lowercased() }
            guard let type = parts.first, type.contains("/") else { return nil }
            self.type = type
            quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
        }

        var specificity: Int { type == "*/*" ? 0 : type.hasSuffix("/*") ? 1 : 2 }

        func matches(_ offer: MediaType) -> Bool {
            type == offer.rawValue || type == "*/*" || (type.hasSuffix("/*") && offer.rawValue.hasPrefix(type.dropLast()))
        }
    }
}
