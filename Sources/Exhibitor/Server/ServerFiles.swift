import EnsembleModel
import FoundationEssentials
import Glibc
import Platform

/// What the files of one server tell about it, and the marks we leave among them. Every call blocks.
public struct ServerFiles: Sendable {
    public let settings: ZooKeeperSettings

    public init(settings: ZooKeeperSettings) {
        self.settings = settings
    }

    /// Text of the settings which the server was last started with.
    private var startedWithPath: String { settings.configDirectory + "/exhibitor.started" }
    /// Exists once the server was a member of an ensemble.
    private var memberPath: String { settings.configDirectory + "/exhibitor.member" }
    /// The imposed list that this host has applied.
    private var imposedPath: String { settings.configDirectory + "/exhibitor.imposed" }

    // MARK: - What is there

    /// The lines of `zoo.cfg`, which the server itself rewrites.
    private var lines: [ConfigurationLine]? {
        FileAccess.text(settings.configurationPath)?.split(whereSeparator: \.isNewline).compactMap { ConfigurationLine(parsing: $0) }
    }

    /// The dynamic file that `zoo.cfg` names, when it is there.
    public var dynamicFile: String? {
        guard let path = lines?.last(where: { $0.key == "dynamicConfigFile" })?.value, FileAccess.isPresent(path) else { return nil }
        return path
    }

    /// The members which the server last knew; nil when it was none of an ensemble or the file is damaged.
    public var membership: Membership? {
        guard let dynamicFile, let text = FileAccess.text(dynamicFile) else { return nil }
        return Membership(parsing: text, fallbackVersion: Self.version(ofDynamicFile: dynamicFile) ?? 0)
    }

    /// Whether transactions are there, snapshots of more than an empty tree, or the vote in an election.
    public var hasData: Bool {
        if dataFiles.contains(where: { $0.hasPrefix("log.") || ($0.hasPrefix("snapshot.") && $0 != "snapshot.0") }) { return true }
        let epoch = FileAccess.text(settings.dataDirectory + "/version-2/currentEpoch").flatMap { text in Int(text.filter { $0.isNumber }) }
        return (epoch ?? 0) > 0
    }

    private var dataFiles: [String] {
        [settings.dataDirectory, settings.logDirectory].flatMap { Self.names(in: $0 + "/version-2") }
    }

    /// The last server was no member of anything.
    public var ranStandalone: Bool {
        guard let lines else { return false }
        return !lines.contains { $0.key == "dynamicConfigFile" || ($0.key == "standaloneEnabled" && $0.value == "false") }
            && lines.filter { $0.key.hasPrefix("server.") }.count <= 1
    }

    public var wasMember: Bool { FileAccess.isPresent(memberPath) }

    public var appliedImposedServers: String? { FileAccess.text(imposedPath) }

    /// The server that runs was started with these settings.
    public var wereStartedWithCurrentSettings: Bool {
        // Without the mark somebody else started it: that alone is no reason to restart it.
        FileAccess.text(startedWithPath).map { $0 == fingerprint } ?? true
    }

    /// Everything that needs a restart when it changes.
    private var fingerprint: String {
        var comparable = settings
        comparable.servers = ServerList()
        let file = ZooKeeperConfigurationFile(settings: comparable, members: .listed([]))
        return [
            file.text, settings.installDirectory, settings.javaEnvironment, settings.log4jProperties, "\(settings.heapMegabytes)",
            (settings.jvmFlags + settings.secretArguments).joined(separator: " "), settings.ourServer.map { "\($0.id)" } ?? "none", "",
        ].joined(separator: "\n")
    }

    // MARK: - What we write

    /// Everything the server reads at its start.
    public func write(_ plan: StartPlan) throws(ServerStartError) {
        for directory in [settings.dataDirectory, settings.logDirectory] {
            try FileAccess.createDirectory(directory, mode: 0o700)
        }
        try FileAccess.createDirectory(settings.configDirectory, mode: 0o755)
        try FileAccess.createParent(of: settings.pidPath)
        if case .membersWithoutOurData = plan { _ = try setDataAside(label: "alone-\(UInt32.random(in: 0...UInt32.max))") }
        // Asked before the file that names them is replaced.
        let serverID = serverID(for: plan)
        var file = ZooKeeperConfigurationFile(settings: settings, members: try members(of: plan))
        file.trustsMissingSnapshot = SnapshotTrust.isNeeded(
            data: dataFiles, previous: FileAccess.text(settings.configurationPath))
        let identity = settings.dataDirectory + "/myid"
        if let serverID {
            try FileAccess.write("\(serverID)\n", to: identity)
        } else {
            try FileAccess.remove(identity)
        }
        try FileAccess.write(file.text, to: settings.configurationPath)
        if plan != .standalone, settings.servers.servers.count > 1 { try FileAccess.write("", to: memberPath) }
        if let imposed = settings.imposedServers { try FileAccess.write(imposed.description, to: imposedPath) }
        if settings.secretArguments.isEmpty {
            try FileAccess.remove(settings.argumentFilePath)
        } else {
            try FileAccess.write(JavaArgumentFile.text(settings.secretArguments), to: settings.argumentFilePath, mode: 0o600)
        }
        try writeKeyStore()
        if settings.javaEnvironment.contains(where: { !$0.isWhitespace }) {
            try FileAccess.write(settings.javaEnvironment, to: settings.configDirectory + "/java.env")
        }
        let log4j = settings.configDirectory + "/log4j.properties"
        if settings.log4jProperties.contains(where: { !$0.isWhitespace }) {
            try FileAccess.write(settings.log4jProperties, to: log4j)
        } else if !FileAccess.isPresent(log4j) {
            try FileAccess.write(LoggingConfiguration.text, to: log4j)
        }
        purgeDynamicFiles()
        // Last: what it says is true only now.
        try FileAccess.write(fingerprint, to: startedWithPath, mode: 0o600)
    }

    private func writeKeyStore() throws(ServerStartError) {
        guard let tls = settings.tls else { return try FileAccess.remove(settings.keyStorePath) }
        func file(_ path: String) throws(ServerStartError) -> PEMKeyStore.File {
            guard let text = FileAccess.text(path) else {
                throw .file(operation: "read", path: path, reason: SystemError.current.description)
            }
            return PEMKeyStore.File(path: path, text: text)
        }
        let (key, certificates, authorities) = (try file(tls.keyPath), try file(tls.certificatePath), try file(tls.authorityPath))
        let text: String
        do {
            text = try PEMKeyStore.compose(key: key, certificates: certificates)
        } catch {
            throw .keyStore(reason: error.description)
        }
        guard PEMKeyStore.blocks(authorities.text).contains(where: { $0.label == "CERTIFICATE" }) else {
            throw .keyStore(reason: "cannot use \(authorities.path) for TLS: it holds no certificate in PEM form")
        }
        // Replaced only when it differs: the server reads a new file at once.
        guard FileAccess.text(settings.keyStorePath) != text || FileAccess.permissions(settings.keyStorePath) != 0o600 else { return }
        try FileAccess.write(text, to: settings.keyStorePath, mode: 0o600)
    }

    private func members(of plan: StartPlan) throws(ServerStartError) -> ZooKeeperConfigurationFile.Members {
        switch plan {
        case .members(let members), .membersWithoutOurData(let members): return .listed(members.map(withoutOurClientAddress))
        case .imposed(let membership):
            // The server takes the version from the name.
            let path = settings.configDirectory + "/zoo.cfg.dynamic." + String(membership.version, radix: 16)
            let members = membership.members.map(withoutOurClientAddress)
            try FileAccess.write(Membership(members: members, version: membership.version).text, to: path)
            return .dynamic(path: path)
        case .keep:
            return dynamicFile.map { .dynamic(path: $0) } ?? .listed(settings.members.map(withoutOurClientAddress))
        case .standalone, .wait:
            return .listed((settings.ourServer == nil ? [] : settings.members).map(withoutOurClientAddress))
        }
    }

    /// The id of `myid`: what the members that are written say, which may lag behind the list of the settings.
    private func serverID(for plan: StartPlan) -> Int? {
        let ours: Member? =
            switch plan {
            case .members(let members), .membersWithoutOurData(let members): members.first { $0.hostname == settings.hostname }
            case .imposed(let membership): membership.member(named: settings.hostname)
            case .keep: membership?.member(named: settings.hostname)
            case .standalone, .wait: nil
            }
        return ours?.id ?? settings.ourServer?.id
    }

    /// Our own is in `clientPort`, and the server refuses two that differ.
    private func withoutOurClientAddress(_ member: Member) -> Member {
        guard member.hostname == settings.hostname else { return member }
        var member = member
        member.clientAddress = nil
        return member
    }

    /// The server leaves one dynamic file for each change of the members: all but the newest two go.
    public func purgeDynamicFiles() {
        let prefix = "zoo.cfg.dynamic."
        let named = dynamicFile
        let files = Self.names(in: settings.configDirectory).filter { $0.hasPrefix(prefix) }
            .compactMap { name in
                UInt64(name.dropFirst(prefix.count), radix: 16).map { (version: $0, path: settings.configDirectory + "/" + name) }
            }
            .sorted { $0.version > $1.version }
        for file in files.dropFirst(2) where file.path != named { unlink(file.path) }
    }

    /// Puts data that the server cannot load aside, so that it starts empty and copies the leader's.
    /// - Returns: where the data lies now.
    public func setDataAside(label: String) throws(ServerStartError) -> [String] {
        var moved: [String] = []
        for directory in Set([settings.dataDirectory, settings.logDirectory]) {
            let source = directory + "/version-2"
            guard FileAccess.isPresent(source) else { continue }
            let target = "\(source).\(label)"
            guard rename(source, target) == 0 else {
                throw .file(operation: "move aside", path: source, reason: String(cString: strerror(errno)))
            }
            moved.append(target)
        }
        return moved
    }

    private static func version(ofDynamicFile path: String) -> UInt64? {
        path.split(separator: ".").last.flatMap { UInt64($0, radix: 16) }
    }

    private static func names(in directory: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    }
}
