import FoundationEssentials

/// Where the program of this process lies.
public enum ProgramPath {
    /// Absolute, links resolved.
    public static var current: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments.first ?? ""
    }
}
