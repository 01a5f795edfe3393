import FoundationEssentials

/// Bytes as pairs of hexadecimal digits, the form of data in the Explorer's old endpoints (contracts/exhibitor.md §5).
enum HexPairs {
    struct Malformed: Error, CustomStringConvertible, Equatable {
        let description: String
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// Two lower-case digits and a space for each byte.
    static func encode(_ data: Data) -> String {
        String(unsafeUninitializedCapacity: data.count * 3) { output in
            var position = 0
            for byte in data {
                output[position] = digits[Int(byte >> 4)]
                output[position + 1] = digits[Int(byte & 15)]
                output[position + 2] = UInt8(ascii: " ")
                position += 3
            }
            return position
        }
    }

    /// White space is skipped wherever it is.
    static func decode(_ text: some Sequence<UInt8>) throws(Malformed) -> Data {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): continue
            default: throw Malformed(description: "The data must be pairs of hexadecimal digits")
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        guard high == nil else { throw Malformed(description: "The data has an odd number of hexadecimal digits") }
        return Data(bytes)
    }
}
