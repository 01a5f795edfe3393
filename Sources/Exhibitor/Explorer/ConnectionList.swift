/// What a server tells about its clients in answer to `cons`: one line each,
/// ` /10.0.0.1:4711[1](queued=0,recved=5,sent=5,sid=0x100000a1b2c0000,lop=PING,…)`.
enum ConnectionList {
    /// The address and port of the client that holds a session on this server.
    static func address(of session: Int64, in answer: String) -> String? {
        let wanted = "sid=\(Hexadecimal.text(session))"
        for line in answer.split(whereSeparator: \.isNewline) {
            // The address may be an IPv6 one in brackets of its own: the interest ops are the last bracket before the list.
            guard let list = line.firstIndex(of: "("), let bracket = line[..<list].lastIndex(of: "["),
                let slash = line[..<bracket].firstIndex(of: "/")
            else { continue }
            let fields = line[line.index(after: list)...].split { $0 == "," || $0 == ")" }
            if fields.contains(where: { $0 == wanted }) { return String(line[line.index(after: slash)..<bracket]) }
        }
        return nil
    }
}
