import EnsembleModel

/// What a `java.env` file says, as far as it matters to a JVM that we start without a shell:
/// plain or exported assignments of four variables (contracts/exhibitor.md §8).
public struct JavaEnvironment: Sendable, Equatable {
    public var jvmFlags: [String] = []
    public var heapMegabytes: Int?
    public var javaHome: String?

    public init(parsing text: String = "") {
        var general: [String] = []
        var server: [String] = []
        for line in text.split(whereSeparator: \.isNewline) {
            var words = Self.words(String(line))
            if words.first == "export" { words.removeFirst() }
            guard let first = words.first, let assignment = ConfigurationLine(parsing: first) else { continue }
            switch assignment.key {
            case "JVMFLAGS": general = Self.words(assignment.value)
            case "SERVER_JVMFLAGS": server = Self.words(assignment.value)
            case "ZK_SERVER_HEAP": heapMegabytes = Int(assignment.value)
            case "JAVA_HOME": javaHome = assignment.value.isEmpty ? nil : assignment.value
            default: continue
            }
        }
        // zkServer.sh passes them in this order; the later flag wins in a JVM.
        jvmFlags = server + general
    }

    /// Splits at white space outside quotes and drops the quotes and a trailing comment.
    private static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word?.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let finished = word { words.append(finished) }
                word = nil
            } else if character == "#", word == nil {
                break
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let finished = word { words.append(finished) }
        return words
    }
}
