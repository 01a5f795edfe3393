/// The stored form of `zoo-cfg-extra`: `tickTime=2000&initLimit=10`, parts percent-encoded (contracts/exhibitor.md §7.1).
public enum ZooKeeperExtra {
    /// Entries without exactly one `=` are dropped; an encoded `=` in a value does not count.
    public static func parse(_ text: String) -> [ConfigurationLine] {
        text.split(separator: "&").compactMap { entry in
            let parts = entry.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let key = decode(parts[0]), let value = decode(parts[1]), !key.isEmpty else { return nil }
            return ConfigurationLine(key, value)
        }
    }

    private static func decode(_ part: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Substring(part).utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
