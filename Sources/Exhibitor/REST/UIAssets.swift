/// The files of the web page, read once at start.
public struct UIAssets: Sendable {
    struct File: Sendable {
        let contentType: String
        let bytes: [UInt8]
        /// Changes with the content.
        let entityTag: String
    }

    /// By path relative to the directory.
    let files: [String: File]

    /// Where they were looked for, or where they are.
    let explanation: String

    /// - files: by relative path.
    init(files: [String: File], explanation: String) {
        self.files = files
        self.explanation = explanation
    }

    /// Blocks: call it before serving.
    /// - directories: the first that holds an `index.html` is taken.
    public static func load(searching directories: [String]) -> UIAssets {
        guard let directory = directories.first(where: { FileAccess.isPresent($0 + "/index.html") }) else {
            return UIAssets(files: [:], explanation: "looked for index.html in: \(directories.joined(separator: ", "))")
        }
        var files: [String: File] = [:]
        for path in FileAccess.files(below: directory) {
            guard let type = contentType(of: path), let bytes = FileAccess.bytes(directory + "/" + path) else { continue }
            files[path] = File(contentType: type, bytes: bytes, entityTag: "\"\(String(fingerprint(bytes), radix: 16))\"")
        }
        return UIAssets(files: files, explanation: directory)
    }

    /// The directories of an installation: beside the program or above it, below the working directory, on a node.
    public static func standardDirectories(program: String, chosen: String? = nil) -> [String] {
        if let chosen { return [chosen] }
        var directories: [String] = []
        var ancestor = program[...]
        for _ in 0..<5 {
            guard let slash = ancestor.lastIndex(of: "/"), slash != ancestor.startIndex else { break }
            ancestor = ancestor[..<slash]
            directories.append(ancestor + "/exhibitor")
        }
        return directories + ["exhibitor", "/opt/mesosphere/active/exhibitor/usr/exhibitor"]
    }

    private static func contentType(of path: String) -> String? {
        switch path.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: nil
        }
    }

    /// FNV-1a.
    private static func fingerprint(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
