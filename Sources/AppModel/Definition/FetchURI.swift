/// An entry of `fetch` (contracts/marathon.md §8).
public struct FetchURI: Sendable, Hashable {
    public var uri: String
    public var extract: Bool
    public var executable: Bool
    public var cache: Bool
    public var outputFile: String?

    public init(uri: String, extract: Bool = true, executable: Bool = false, cache: Bool = false, outputFile: String? = nil) {
        self.uri = uri
        self.extract = extract
        self.executable = executable
        self.cache = cache
        self.outputFile = outputFile
    }

    /// An entry of the older `uris`: extracted only when its name says that it is an archive.
    public static func legacy(_ uri: String) -> FetchURI {
        let archives = [".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz", ".zip"]
        return FetchURI(uri: uri, extract: archives.contains { uri.hasSuffix($0) })
    }

    init(_ reader: ObjectReader) {
        self.init(
            uri: reader.requiredString("uri") ?? "", extract: reader.bool("extract") ?? true,
            executable: reader.bool("executable") ?? false, cache: reader.bool("cache") ?? false,
            outputFile: reader.string("outputFile"))
    }

    public var json: JSONValue {
        var object = JSONObject([
            ("uri", .string(uri)), ("extract", .bool(extract)), ("executable", .bool(executable)), ("cache", .bool(cache)),
        ])
        if let outputFile { object.append("outputFile", .string(outputFile)) }
        return .object(object)
    }
}
