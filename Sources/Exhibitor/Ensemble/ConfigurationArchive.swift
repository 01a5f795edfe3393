import EnsembleModel
import FoundationEssentials
import Logging
import Synchronization

/// The configurations this host adopted: the last one, to start with while the store is away, and a history for the
/// operator (contracts/exhibitor.md §7.4 rule 6).
///
/// Writing is best effort: a full disk must not keep a configuration from being adopted.
final class ConfigurationArchive: Sendable {
    struct Entry: Codable, Sendable {
        /// Milliseconds since 1970.
        var time: Int64
        var version: String
        /// The host that wrote it, from the comment of the text; empty when unknown.
        var by: String
        /// In words: which keys changed, or that a release began, advanced, ended.
        var change: String
        /// Every key of the current configuration, by property name.
        var properties: [String: String]
    }

    private static let longestHistory = 100

    private let directory: String
    private let logger: Logger
    private let entries = Mutex<[Entry]?>(nil)

    init(directory: String, logger: Logger) {
        self.directory = directory
        self.logger = logger
    }

    private var lastPath: String { directory + "/last-config.properties" }
    private var historyPath: String { directory + "/config-history.json" }

    func lastText() async -> String? {
        let path = lastPath
        return (try? await ServerThread.run { FileAccess.text(path) }) ?? nil
    }

    /// - before: what it replaces; nil at the start of this process.
    func keep(_ text: String, version: String, before: ConfigurationCollection?, now: ConfigurationCollection) {
        let author = text.prefix { !$0.isNewline }.split(separator: " ").last.map(String.init) ?? ""
        let entry = Entry(
            time: Int64(Date().timeIntervalSince1970 * 1000), version: version, by: text.hasPrefix("#") ? author : "",
            change: Self.describe(from: before, to: now),
            properties: Dictionary(uniqueKeysWithValues: ConfigurationProperty.allCases.map { ($0.rawValue, now.current[$0]) }))
        let (lastPath, historyPath, directory) = (lastPath, historyPath, directory)
        let logger = logger
        ServerThread.submit {
            do {
                try FileAccess.createDirectory(directory, mode: 0o755)
                try FileAccess.write(text, to: lastPath)
                let all = self.entries.withLock { entries -> [Entry] in
                    var all = entries ?? Self.read(historyPath)
                    if all.last?.version != version { all.append(entry) }
                    all = Array(all.suffix(Self.longestHistory))
                    entries = all
                    return all
                }
                try FileAccess.write(String(decoding: try JSONEncoder().encode(all), as: UTF8.self), to: historyPath)
            } catch {
                logger.warning("the adopted configuration could not be kept", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Newest first.
    func history(limit: Int) async -> [Entry] {
        let path = historyPath
        let all = try? await ServerThread.run { self.entries.withLock { $0 } ?? Self.read(path) }
        return (all ?? []).suffix(max(0, limit)).reversed()
    }

    private static func read(_ path: String) -> [Entry] {
        guard let bytes = FileAccess.bytes(path) else { return [] }
        return (try? JSONDecoder().decode([Entry].self, from: Data(bytes))) ?? []
    }

    static func describe(from before: ConfigurationCollection?, to now: ConfigurationCollection) -> String {
        guard let before else { return "adopted at the start" }
        if let release = now.release {
            guard let old = before.release, old.target == release.target else {
                return "a rolling release began: \(keys(from: now.current, to: release.target))"
            }
            return "the release reached \(release.hosts.indices.contains(release.index) ? release.hosts[release.index] : "its end")"
        }
        if let old = before.release {
            if now.current == old.target { return "the rolling release ended" }
            if now.current == before.current { return "the rolling release was rolled back" }
        }
        return "changed: \(keys(from: before.current, to: now.current))"
    }

    private static func keys(from old: InstanceConfiguration, to new: InstanceConfiguration) -> String {
        let changed = ConfigurationProperty.allCases.filter { old[$0] != new[$0] }.map(\.rawValue)
        return changed.isEmpty ? "nothing" : changed.joined(separator: ", ")
    }
}
