public import FoundationEssentials

/// The JSON of every znode: sorted keys (so that equal values are equal bytes), no escaped slashes.
public enum ClusterJSON {
    public static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    public static func decode<T: Decodable>(_ type: T.Type = T.self, from data: Data) throws -> T {
        try JSONDecoder().decode(type, from: data)
    }
}
