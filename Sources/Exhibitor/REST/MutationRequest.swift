import HTTPTypes

/// Which requests change something, by method and path. For the sake of old clients some of them are GET
/// (contracts/exhibitor.md §2).
enum MutationRequest {
    /// GET requests that do more than read, by the first two names below `exhibitor/v1`.
    private static let orders: [String: Set<String>] = [
        "cluster": ["start", "stop", "restart", "set"],
        "config": ["set", "set-rolling", "rollback-rolling", "force-commit-rolling"],
        "index": ["new-index", "backup-now"],
        "ui": ["shutdown"],
    ]
    /// POST requests that only read: their question is too long for a GET.
    private static let questions: [String: Set<String>] = [
        "explorer": ["analyze", "usage-listing"],
        "index": ["cache-search"],
    ]

    /// - path: as the client sent it. Empty names are left out, as the router does.
    static func isMutation(_ method: HTTPRequest.Method, path: String) -> Bool {
        let names = path.split(separator: "/").map(String.init)
        let inside = names.count > 3 && names[0] == "exhibitor" && names[1] == "v1" ? (names[2], names[3]) : nil
        switch method {
        case .get, .head: return inside.map { orders[$0.0]?.contains($0.1) == true } ?? false
        case .options: return false
        case .post: return !(inside.map { questions[$0.0]?.contains($0.1) == true } ?? false)
        default: return true
        }
    }
}
