import ClusterState
internal import FoundationEssentials

/// Writes JSON text in the order in which it is told, as the v0 endpoints print it: doubles with a decimal point
/// (contracts/mesos.md §3.2).
struct JSONText: Sendable {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    // MARK: Values

    mutating func object(_ body: (inout JSONText) -> Void) { nest(UInt8(ascii: "{"), UInt8(ascii: "}"), body) }
    mutating func array(_ body: (inout JSONText) -> Void) { nest(UInt8(ascii: "["), UInt8(ascii: "]"), body) }

    mutating func string(_ value: String) {
        separate()
        quote(value)
    }

    mutating func double(_ value: Double) {
        separate()
        let whole = Int(exactly: value) ?? Int.max
        if abs(whole) < 1_000_000_000_000_000 {
            int(text: whole)
            bytes.append(UInt8(ascii: "."))
            bytes.append(UInt8(ascii: "0"))
        } else {
            bytes += Self.rounded(value).description.utf8
        }
    }

    mutating func int(_ value: Int) {
        separate()
        int(text: value)
    }

    private mutating func int(text value: Int) { bytes += String(value).utf8 }

    /// To 15 significant digits, as the original prints.
    static func rounded(_ value: Double) -> Double {
        guard value.isFinite else { return 0 }
        var scale = 1.0
        let size = abs(value)
        guard size >= 1e-3, size < 1e14 else { return value }
        while size * scale < 1e14 { scale *= 10 }
        return (value * scale).rounded() / scale
    }

    mutating func bool(_ value: Bool) {
        separate()
        bytes += (value ? "true" : "false").utf8
    }

    /// A message in its protobuf-JSON form; nothing that is encoded here can fail to encode, an empty object would stand for it.
    mutating func message(_ value: some Encodable) {
        separate()
        let data = (try? ClusterJSON.encode(value)) ?? Data("{}".utf8)
        bytes += data
    }

    // MARK: Members

    mutating func key(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    mutating func member(_ name: String, _ value: Double) {
        key(name)
        double(value)
    }

    mutating func member(_ name: String, _ value: Int) {
        key(name)
        int(value)
    }

    mutating func member(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }

    mutating func member(_ name: String, _ value: some Encodable) {
        key(name)
        message(value)
    }

    mutating func object(_ name: String, _ body: (inout JSONText) -> Void) {
        key(name)
        object(body)
    }

    mutating func array(_ name: String, _ body: (inout JSONText) -> Void) {
        key(name)
        array(body)
    }

    // MARK: Text

    private mutating func nest(_ open: UInt8, _ close: UInt8, _ body: (inout JSONText) -> Void) {
        separate()
        bytes.append(open)
        needsComma = false
        body(&self)
        bytes.append(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            for index in 0..<utf8.count {
                let byte = utf8[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: utf8[start..<index])
                start = index + 1
                if byte >= 0x20 {
                    bytes.append(UInt8(ascii: "\\"))
                    bytes.append(byte)
                } else {
                    let hex = String(byte, radix: 16)
                    bytes += ("\\u00" + (hex.count == 1 ? "0" : "") + hex).utf8
                }
            }
            bytes.append(contentsOf: utf8[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
