import Crypto

/// The part of a canonical name that tells tasks of one name apart (contracts/dns-networking.md §3.3).
enum TaskHash {
    private static let alphabet = Array("ybndrfg8ejkmcpqxot1uwisza345h769".utf8)

    /// The first five characters of the SHA-1 of the task id in z-base-32.
    static func hash5(_ taskID: String) -> String {
        let bits = Insecure.SHA1.hash(data: Array(taskID.utf8)).prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let characters = (0..<5).map { alphabet[Int(bits >> (27 - 5 * UInt32($0)) & 31)] }
        return String(decoding: characters, as: UTF8.self)
    }

    /// What follows the last `-` of an agent's id, in lower case.
    static func agentTail(_ agentID: String) -> String {
        let tail = agentID.lastIndex(of: "-").map { agentID[agentID.index(after: $0)...] } ?? agentID[...]
        return tail.lowercased()
    }
}
