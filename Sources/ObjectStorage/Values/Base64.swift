import FoundationEssentials

enum Base64 {
    static func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// RFC 4648 §5 without padding, as JSON Web Tokens have it.
    static func urlText(_ bytes: [UInt8]) -> String {
        String(
            text(bytes).compactMap { character in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            })
    }
}
