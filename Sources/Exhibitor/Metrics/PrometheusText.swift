/// Samples in the text format of Prometheus, version 0.0.4.
struct PrometheusText: Sendable {
    enum Kind: String, Sendable { case counter, gauge, untyped }

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""
    private var names: Set<String> = []

    /// A sample without labels or with some. One that was told already is left out: a scrape with duplicates is refused
    /// whole.
    mutating func add(
        _ name: String, _ kind: Kind, help: String? = nil, labels: KeyValuePairs<String, String> = [:], value: String
    ) {
        let name = Self.sanitized(name)
        guard names.insert(name).inserted else { return }
        if let help { text += "# HELP \(name) \(help)\n" }
        text += "# TYPE \(name) \(kind.rawValue)\n\(name)"
        if !labels.isEmpty {
            text += "{" + labels.map { "\(Self.sanitized($0.key))=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    mutating func add(
        _ name: String, _ kind: Kind, help: String? = nil, labels: KeyValuePairs<String, String> = [:], value: some BinaryInteger
    ) {
        add(name, kind, help: help, labels: labels, value: "\(value)")
    }

    /// Letters, digits, `_` and `:`; the first no digit.
    private static func sanitized(_ name: String) -> String {
        let text = String(
            name.unicodeScalars.map { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_", ":": Character(scalar)
                default: "_"
                }
            })
        return text.unicodeScalars.first.map { ("0"..."9").contains($0) } ?? true ? "_" + text : text
    }

    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for character in value {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
