import FoundationEssentials
import Glibc

/// The indexes in one directory: `<name>/` with the files of an index, and beside it `<name>.properties`.
///
/// An index exists from the moment its properties do, which come last and go first: neither a crash nor a full disk shows
/// half of one. Every call blocks.
public struct IndexCatalog: Sendable, Hashable {
    private static let prefix = "exhibitor-"
    private static let suffix = ".properties"
    /// Of an index that is being made or removed.
    private static let unfinished = ".unfinished"

    public let directory: String

    public init(directory: String) { self.directory = directory }

    // MARK: - Making

    /// Begins an index.
    /// - time: milliseconds since 1970; becomes the name, unless that is taken.
    /// - Throws: `TransactionLogError.file`, or an error of the file system.
    public func begin(time: Int64) throws -> IndexBuild {
        try makeDirectory(directory)
        var time = time
        while isPresent(path(name: Self.prefix + "\(time)")) { time += 1 }
        let name = Self.prefix + "\(time)"
        let temporary = path(name: name) + Self.unfinished
        // Nobody else makes indexes here: what is in the way was left by a crash.
        try? FileManager.default.removeItem(atPath: temporary)
        try makeDirectory(temporary)
        return try IndexBuild(catalog: self, name: name, directory: temporary)
    }

    /// A directory for what an index is made from; the caller removes it, or after a crash `sweep`.
    public func makeScratch(time: Int64) throws -> String {
        try makeDirectory(directory)
        let scratch = directory + "/" + Self.prefix + "\(time).source" + Self.unfinished
        try? FileManager.default.removeItem(atPath: scratch)
        try makeDirectory(scratch)
        return scratch
    }

    func publish(_ summary: IndexSummary, _ files: String) throws {
        try move(files, path(name: summary.name))
        let properties = path(name: summary.name) + Self.suffix
        do {
            var file = try AppendingFile(path: properties + Self.unfinished)
            try file.append(Array(summary.properties.utf8))
            try file.finish()
            try move(properties + Self.unfinished, properties)
        } catch {
            unlink(properties + Self.unfinished)
            try? FileManager.default.removeItem(atPath: path(name: summary.name))
            throw error
        }
    }

    // MARK: - Finding

    /// All indexes, newest first.
    public func list() -> [IndexSummary] {
        names { $0.hasPrefix(Self.prefix) && $0.hasSuffix(Self.suffix) }
            .compactMap { summary(named: String($0.dropLast(Self.suffix.count))) }
            .sorted { ($0.name.count, $0.name) > ($1.name.count, $1.name) }
    }

    public func summary(named name: String) -> IndexSummary? {
        // Names come from requests: they must not lead elsewhere.
        guard name.hasPrefix(Self.prefix), Self.parts(of: name).rest.isEmpty,
            let text = try? String(contentsOfFile: path(name: name) + Self.suffix, encoding: .utf8)
        else { return nil }
        return IndexSummary(name: name, properties: text)
    }

    /// - Throws: `TransactionLogError.noIndex`, or `.file` when it is damaged.
    public func open(_ name: String) throws(TransactionLogError) -> IndexReader {
        guard let summary = summary(named: name) else { throw .noIndex(name: name) }
        return try IndexReader(directory: path(name: name), summary: summary)
    }

    // MARK: - Removing

    /// Who has it open can go on reading. No error when there is none.
    public func remove(_ name: String) throws {
        guard summary(named: name) != nil else { return }
        guard unlink(path(name: name) + Self.suffix) == 0 || errno == ENOENT else {
            throw TransactionLogError.file(operation: "remove", path: path(name: name), code: errno)
        }
        try FileManager.default.removeItem(atPath: path(name: name))
    }

    /// Removes what a crash left. Call while no index is being made.
    public func sweep() {
        let all = Set(names { $0.hasPrefix(Self.prefix) })
        for name in all {
            let (digits, rest) = Self.parts(of: name)
            // Anything else here is not ours.
            guard !digits.isEmpty, rest.isEmpty ? !all.contains(name + Self.suffix) : rest.hasSuffix(Self.unfinished) else { continue }
            try? FileManager.default.removeItem(atPath: directory + "/" + name)
        }
    }

    /// The number in a name, and what follows it.
    private static func parts(of name: String) -> (digits: Substring, rest: Substring) {
        let tail = name.dropFirst(prefix.count)
        let digits = tail.prefix { $0.isASCII && $0.isNumber }
        return (digits, tail.dropFirst(digits.count))
    }

    // MARK: -

    private func path(name: String) -> String { directory + "/" + name }
    private func isPresent(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private func names(_ isWanted: (String) -> Bool) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).filter(isWanted)
    }

    /// Data of znodes is nobody else's business.
    private func makeDirectory(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    private func move(_ source: String, _ target: String) throws(TransactionLogError) {
        guard rename(source, target) == 0 else { throw .file(operation: "rename", path: source, code: errno) }
        let descriptor = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
