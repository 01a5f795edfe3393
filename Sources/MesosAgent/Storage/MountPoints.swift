import Glibc

/// What is mounted inside directories of the agent: volumes, whose contents are not the sandbox's. Blocks.
enum MountPoints {
    /// Paths below a directory, outer ones first.
    /// - orAt: also the directory itself.
    static func below(_ directory: String, orAt isIncluded: Bool = false, table: String? = FileText.read("/proc/self/mountinfo"))
        -> [String]
    {
        let prefix = directory.hasSuffix("/") ? directory : directory + "/"
        return (table ?? "").split(separator: "\n").compactMap { line -> String? in
            let fields = line.split(separator: " ")
            guard fields.count > 4 else { return nil }
            let path = unescape(fields[4])
            return path.hasPrefix(prefix) || (isIncluded && path == directory) ? path : nil
        }.sorted()
    }

    /// Takes away what is mounted below a directory, inner ones first.
    /// - Returns: what stays.
    static func detach(below directory: String) -> [String] {
        for path in below(directory).reversed() { umount2(path, 2 | 8) }  // MNT_DETACH | UMOUNT_NOFOLLOW
        return below(directory)
    }

    /// The kernel writes blanks and the like as three octal digits.
    private static func unescape(_ field: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(field.utf8)[...]
        while let byte = rest.first {
            let digits = rest.dropFirst().prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (48...55).contains($0) }) {
                bytes.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 * 8 + Int($1 - 48) }))
                rest = rest.dropFirst(4)
            } else {
                bytes.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
