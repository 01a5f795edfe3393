/// What `--version` prints.
enum DCOSVersion {
    static let current = "1.8.0"
}
