import EnsembleModel

/// Looks closely at our own server: its words, and what its files say while it does not answer.
///
/// Answers are shared for a second, so that many readers cost one question.
actor ServerInspector {
    struct Findings: Sendable {
        var vitals: ServerVitals?
        /// Hexadecimal.
        var zxid: String?
        /// Of the running server, else of its files.
        var membership: Membership?
        var hasData: Bool
    }

    private static let freshness = Duration.seconds(1)

    private let clock = ContinuousClock()
    private var last: (findings: Findings, at: ContinuousClock.Instant, settings: ZooKeeperSettings)?
    private var pending: Task<Findings, Never>?

    /// - isRunning: whether there is a server to ask.
    func findings(_ settings: ZooKeeperSettings, isRunning: Bool) async -> Findings {
        if let last, last.settings == settings, clock.now - last.at < Self.freshness { return last.findings }
        if let pending { return await pending.value }
        let task = Task { await Self.look(settings, isRunning: isRunning) }
        pending = task
        let findings = await task.value
        pending = nil
        last = (findings, clock.now, settings)
        return findings
    }

    private static func look(_ settings: ZooKeeperSettings, isRunning: Bool) async -> Findings {
        let files = ServerFiles(settings: settings)
        guard isRunning else {
            let found = try? await ServerThread.run { (files.membership, files.hasData) }
            return Findings(membership: found?.0, hasData: found?.1 ?? false)
        }
        let client = FourLetterClient(host: settings.probeAddress, port: settings.clientPort)
        async let monitor = try? client.ask("mntr", timeout: .seconds(2))
        async let summary = try? client.ask("srvr", timeout: .seconds(2))
        async let configuration = try? client.ask("conf", timeout: .seconds(2))
        let vitals = ServerVitals(monitor: await monitor ?? "")
        let zxid = (await summary ?? "").split(whereSeparator: \.isNewline).first { $0.hasPrefix("Zxid: ") }.map { String($0.dropFirst(6)) }
        let answer = await configuration ?? ""
        // A server in no quorum tells no members: its files do.
        let found = try? await ServerThread.run { (files.membership, files.hasData) }
        return Findings(
            vitals: vitals.values.isEmpty ? nil : vitals, zxid: zxid, membership: Membership(parsing: answer) ?? found?.0,
            hasData: found?.1 ?? true)
    }
}
