import ResourceModel

/// What the fetcher does with one URI (contracts/mesos.md §15.5).
struct FetchItem: Sendable, Hashable {
    enum Source: Sendable, Hashable {
        /// Absolute path on this machine.
        case file(String)
        case http(String)
    }
    enum Extraction: Sendable, Hashable {
        case tar, gzip, zip
    }

    /// As the framework gave it.
    var uri: String
    var source: Source
    /// Relative to the sandbox.
    var name: String
    var isExecutable: Bool
    var extraction: Extraction?
    /// The framework allows a copy to be kept for the next task.
    var isCached: Bool

    /// - frameworksHome: where relative URIs are looked up.
    /// - Throws: `LaunchFailure.container`.
    init(_ uri: CommandInfo.URI, frameworksHome: String?) throws {
        let value = uri.value
        guard !value.isEmpty, !value.contains("\\"), !value.contains("'"), !value.utf8.contains(0) else {
            throw LaunchFailure.container("Failed to fetch '\(value)': the URI has a forbidden character or is empty")
        }
        if value.hasPrefix("http://") || value.hasPrefix("https://") {
            source = .http(value)
        } else if value.hasPrefix("file://") {
            var path = value.dropFirst("file://".count)
            if path.hasPrefix("localhost/") { path = path.dropFirst("localhost".count) }
            guard path.hasPrefix("/") else { throw LaunchFailure.container("Failed to fetch '\(value)': the path must be absolute") }
            source = .file(String(path))
        } else if value.hasPrefix("/") {
            source = .file(value)
        } else if !value.contains("://") {
            guard let frameworksHome, !frameworksHome.isEmpty else {
                throw LaunchFailure.container("Failed to fetch '\(value)': a relative path was passed but frameworks_home is not set")
            }
            source = .file(frameworksHome + "/" + value)
        } else {
            let scheme = value.prefix { $0 != ":" }
            throw LaunchFailure.container("Failed to fetch '\(value)': the scheme '\(scheme)' is not supported; use file, http or https")
        }
        if let output = uri.output_file, !output.isEmpty {
            guard !output.hasPrefix("/"), !output.split(separator: "/").contains(".."), !output.hasSuffix("/"), !output.utf8.contains(0)
            else {
                throw LaunchFailure.container(
                    "Failed to fetch '\(value)': output_file '\(output)' must be a relative path inside the sandbox")
            }
            name = output
        } else {
            name = value.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
            guard !name.isEmpty, name != ".", name != ".." else {
                throw LaunchFailure.container("Failed to fetch '\(value)': the URI does not end with a file name")
            }
        }
        self.uri = value
        isCached = uri.cache ?? false
        isExecutable = uri.executable ?? false
        extraction = !isExecutable && uri.extract ? Self.extraction(of: name) : nil
    }

    private static func extraction(of name: String) -> Extraction? {
        let suffixes = [".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz"]
        if suffixes.contains(where: name.hasSuffix) { return .tar }
        if name.hasSuffix(".zip") { return .zip }
        if name.hasSuffix(".gz") { return .gzip }
        return nil
    }
}
