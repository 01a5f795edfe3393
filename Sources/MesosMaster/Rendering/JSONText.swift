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
        bytes += (value.isFinite ? value : 0).description.utf8
    }

    mutating func int(_ value: Int) {
        separate()
        bytes += String(value).utf8
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
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                let hex = String(byte, radix: 16)
                bytes += ("\\u00" + (hex.count == 1 ? "0" : "") + hex).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
