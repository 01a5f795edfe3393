import EnsembleModel

/// Where backups go; chosen on the command line with `--filesystembackup true` or `--s3backup true`
/// (contracts/exhibitor.md §11).
public enum BackupProvider: String, Sendable, Equatable, CaseIterable {
    case fileSystem
    case s3

    /// - Throws: `ConfigurationError.twoBackupProviders`.
    public static func chosen(fileSystem: Bool, s3: Bool) throws(ConfigurationError) -> BackupProvider? {
        switch (fileSystem, s3) {
        case (true, true): throw .twoBackupProviders
        case (true, false): .fileSystem
        case (false, true): .s3
        case (false, false): nil
        }
    }

    /// Its settings with their defaults.
    var fields: [BackupField] {
        switch self {
        case .fileSystem:
            [
                BackupField(
                    key: "directory", name: "Destination Path", help: "The path of the directory for the backups", value: "", type: .text)
            ]
        case .s3:
            [
                BackupField(
                    key: "throttle", name: "Throttle (bytes/ms)", help: "Bytes per millisecond that are uploaded at most", value: "1048576",
                    type: .integer),
                BackupField(key: "bucket-name", name: "S3 Bucket Name", help: "The bucket for the backups", value: "", type: .text),
                BackupField(
                    key: "key-prefix", name: "S3 Key Prefix", help: "The first part of the names of all objects",
                    value: "exhibitor-backup", type: .text),
                BackupField(
                    key: "max-retries", name: "Max Retries", help: "How often a failed request is repeated", value: "3", type: .integer),
                BackupField(
                    key: "retry-sleep-ms", name: "Retry Sleep (ms)", help: "Milliseconds before a failed request is repeated",
                    value: "1000", type: .integer),
            ]
        }
    }

    /// Its settings with the values of a configuration.
    func fields(with extra: [ConfigurationLine]) -> [BackupField] {
        fields.map { field in
            var field = field
            if let line = extra.last(where: { $0.key == field.key }) { field.value = line.value }
            return field
        }
    }
}
