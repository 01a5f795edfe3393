/// The file of `java @<file>`: arguments of a JVM that must not stand on its command line, where every user of the host
/// could read them.
enum JavaArgumentFile {
    /// One quoted argument per line.
    static func text(_ arguments: [String]) -> String {
        arguments.map { argument in
            let escaped = argument.flatMap { $0 == "\\" || $0 == "\"" ? ["\\", $0] : [$0] }
            return "\"" + String(escaped) + "\"\n"
        }.joined()
    }
}
