import Crypto

/// Versions made from content: the same text has the same version, whoever wrote it and when.
enum ContentVersion {
    /// The version of a store that holds nothing.
    static let absent = "0"

    static func version(of text: String) -> String {
        Insecure.SHA1.hash(data: Array(text.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
