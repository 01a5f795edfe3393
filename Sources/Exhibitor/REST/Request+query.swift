import Hummingbird

extension Request {
    /// `verbose=true`.
    var isVerbose: Bool { uri.queryParameters["verbose"].map { $0.lowercased() == "true" } ?? false }

    /// A whole number in the query; nil when it is absent or none.
    func number(_ name: Substring) -> Int? { uri.queryParameters[name].flatMap { Int($0) } }
}
