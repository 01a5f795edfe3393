/// The `Accept` header.
public enum MediaType {
    /// Whether a response of this type is acceptable; a missing header accepts everything.
    public static func accepts(_ type: String, _ accept: String?) -> Bool {
        guard let accept, !accept.isEmpty else { return true }
        let major = type.prefix { $0 != "/" }
        return accept.split(separator: ",").contains { range in
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let name = parts.first,
                !parts.dropFirst().contains(where: { $0 == "q=0" || $0.hasPrefix("q=0.0") && !$0.contains { "123456789".contains($0) } })
            else { return false }
            return name == type || name == "*/*" || name == "\(major)/*"
        }
    }
}
