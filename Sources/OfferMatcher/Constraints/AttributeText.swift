public import ResourceModel

extension Attribute {
    /// The value as constraints compare it (contracts/marathon.md §10.2): text as is; a scalar with at most three decimals and
    /// thousands grouped, `1,234.5`; ranges `[1-2,5-9]` and sets `{x,y}` sorted.
    public var constraintText: String {
        switch type {
        case .text: text?.value ?? ""
        case .scalar: Self.grouped(scalar?.value ?? 0)
        case .ranges:
            "["
                + (ranges?.range ?? []).sorted { ($0.begin, $0.end) < ($1.begin, $1.end) }.map { "\($0.begin)-\($0.end)" }
                .joined(separator: ",") + "]"
        case .set: "{" + (set?.item ?? []).sorted().joined(separator: ",") + "}"
        }
    }

    private static func grouped(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 9e15 else { return "\(value)" }
        let thousandths = Int64((value * 1000).rounded(.toNearestOrEven))
        var whole = String(thousandths.magnitude / 1000)
        var index = whole.endIndex
        while whole.distance(from: whole.startIndex, to: index) > 3 {
            index = whole.index(index, offsetBy: -3)
            whole.insert(",", at: index)
        }
        var fraction = String(thousandths.magnitude % 1000 + 1000).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        return (thousandths < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
    }
}

extension Offer {
    /// The agent's attributes as constraints see them; of a name that occurs twice the first counts.
    public var attributeTexts: [String: String] {
        Dictionary(attributes.map { ($0.name, $0.constraintText) }, uniquingKeysWith: { first, _ in first })
    }
}
