import EnsembleBackup

/// Decides what a round of backups does. Pure: what is there and the time go in, steps come out.
///
/// Whatever the order of rounds, crashes and other members that share the store:
/// - after a round whose steps succeeded, the newest version of every live file is stored;
/// - nothing is deleted before the version that replaces it is stored;
/// - what a restore would start from (the newest stored snapshot and the logs after it) is never deleted, however old:
///   an ensemble nobody writes to has old files only.
struct BackupPlanner: Sendable {
    enum Step: Sendable, Hashable {
        case upload(BackupEntry)
        case delete(BackupEntry)
    }

    /// Milliseconds after which a version is deleted; 0 or less: never.
    var maximumAge: Int64

    /// - Parameters:
    ///   - live: the files of this host worth storing: its logs, and the newest snapshot that is whole.
    ///   - stored: what the store has.
    ///   - prunes: whether this round also looks for old versions.
    ///   - now: milliseconds since 1970.
    func steps(live: [BackupEntry], stored: [BackupEntry], prunes: Bool, now: Int64) -> [Step] {
        var newest: [String: Int64] = [:]
        for entry in stored { newest[entry.name] = max(newest[entry.name] ?? .min, entry.modified) }
        // Another member may have stored a later state of the same file: ours adds nothing.
        let uploads = live.filter { $0.modified > newest[$0.name] ?? .min }.sorted(by: Self.precedes)
        for entry in uploads { newest[entry.name] = entry.modified }

        let superseded = Dictionary(grouping: stored.filter { $0.modified < newest[$0.name] ?? .min && $0.file != nil }, by: \.name)
        var steps: [Step] = []
        for entry in uploads {
            steps.append(.upload(entry))
            steps += Self.sorted(superseded[entry.name] ?? []).map { .delete($0) }
        }
        let uploaded = Set(uploads.map(\.name))
        // Left by a round that died between the upload and this.
        steps += Self.sorted(superseded.filter { !uploaded.contains($0.key) }.flatMap(\.value)).map { .delete($0) }
        if prunes, maximumAge > 0 {
            steps += expired(live: live, newest: newest, now: now).map { .delete($0) }
        }
        return steps
    }

    /// - newest: versions by name, once the uploads are done.
    private func expired(live: [BackupEntry], newest: [String: Int64], now: Int64) -> [BackupEntry] {
        let files = newest.keys.compactMap(DataFile.init(name:))
        var kept = Set(live.map(\.name))
        let snapshot = files.snapshots.first
        if let snapshot { kept.insert(snapshot.name) }
        kept.formUnion(files.logs(neededAfter: snapshot?.zxid ?? Zxid(rawValue: 0)).map { DataFile.log(first: $0).name })
        return Self.sorted(
            newest.compactMap { name, modified in
                guard modified < now - maximumAge, !kept.contains(name), DataFile(name: name) != nil else { return nil }
                return BackupEntry(name: name, modified: modified)
            })
    }

    /// Snapshots first: the logs are read after them then, and hold everything that a fuzzy snapshot may show.
    private static func precedes(_ left: BackupEntry, _ right: BackupEntry) -> Bool {
        let (leftIsLog, rightIsLog) = (left.file?.isLog ?? true, right.file?.isLog ?? true)
        guard leftIsLog == rightIsLog else { return rightIsLog }
        return (left.file?.zxid.rawValue ?? 0, left.modified) < (right.file?.zxid.rawValue ?? 0, right.modified)
    }

    private static func sorted(_ entries: [BackupEntry]) -> [BackupEntry] {
        entries.sorted { ($0.modified, $0.name) < ($1.modified, $1.name) }
    }
}
