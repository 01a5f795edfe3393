import EnsembleModel

/// A whole ensemble in one value: hosts with disks, servers and Exhibitors, a network, the shared store, clients, an
/// operator, and everything that can go wrong. The same seed gives the same run.
///
/// The servers are a model of ZooKeeper's, as far as membership and durability go: elections among servers that reach each
/// other, under the newest membership among them; votes counted by each one's own view; histories that a leader's
/// overwrites; reconfigurations that need majorities of the old and the new members.
struct SimulatedEnsemble {
    struct Violation: Error, CustomStringConvertible {
        var description: String
    }

    /// What the run allows.
    struct Setting {
        var automatic: Bool
        var size: Int
        var appliesAllAtOnce: Bool
    }

    var random: SeededGenerator
    var now = Duration.zero
    var step = 0
    var hosts: [SimulatedHost] = []
    let setting: Setting

    // The store
    var stored: ConfigurationCollection
    var storedVersion = 1
    var lock: (holder: String, until: Duration)?
    var announced: [String: Duration] = [:]

    // What only the one who looks at everything knows
    var newestMembership: Membership?
    var acknowledged: Set<UInt64> = []
    /// A majority of disks is lost, or an operator took members away by force: writes may be lost.
    var isLossExcused = false
    var lastFault = -1
    var faultsAreOver = false
    var nextConfigurationNumber = 1
    private var releaseFault: String?
    private let notebook: Notebook?
    var statistics = Statistics()

    private final class Notebook {
        var lines: [String] = []
    }

    struct Statistics {
        var writes = 0
        var elections = 0
        var reconfigurations = 0
        var releases = 0
        var rollbacks = 0
        var impositions = 0
        var faults = 0
    }

    init(seed: UInt64, keepsLog: Bool = false) {
        random = SeededGenerator(seed: seed)
        notebook = keepsLog ? Notebook() : nil
        let count = 1 + random.below(5)
        let automatic = random.chance(50)
        setting = Setting(
            automatic: automatic, size: automatic ? (random.chance(70) ? count : 0) : 0, appliesAllAtOnce: random.chance(70))
        var configuration = InstanceConfiguration()
        configuration.autoManageInstances = automatic
        configuration.autoManageInstancesFixedEnsembleSize = setting.size
        configuration.autoManageInstancesApplyAllAtOnce = setting.appliesAllAtOnce
        configuration.autoManageInstancesSettlingPeriodMs = random.chance(50) ? 0 : 30_000
        configuration.observerThreshold = random.chance(30) ? 3 : 0
        stored = ConfigurationCollection(current: configuration)
        for _ in 0..<count { addHost() }
        if !automatic, random.chance(80) {
            stored.current.servers = ServerList(hosts.enumerated().map { ServerSpec(id: $0.offset + 1, hostname: $0.element.name) })
        }
    }

    // MARK: - The network

    mutating func addHost() {
        // As many as letters, so that names stay short in logs.
        let name = "h\(hosts.count)"
        var host = SimulatedHost(name: name)
        host.exhibitor = SimulatedExhibitor(hostname: name, saved: nil)
        hosts.append(host)
        note("\(name) is installed")
    }

    func index(of name: String) -> Int? { hosts.firstIndex { $0.name == name } }

    func reach(_ one: Int, _ other: Int) -> Bool {
        one == other || (hosts[one].isOn && hosts[other].isOn && hosts[one].group == hosts[other].group)
    }

    var log: [String] { notebook?.lines ?? [] }

    func note(_ text: @autoclosure () -> String) {
        notebook?.lines.append("\(step) [\(now.components.seconds) s] \(text())")
    }

    /// For the log of a run that failed.
    func noteHosts() {
        for host in hosts {
            let disk = host.disk
            note(
                "\(host.name)\(host.isGone ? " gone" : "") server \(host.server.map { "\($0.id) \($0.role) \($0.isUpToDate)" } ?? "none"), knows "
                    + "\(disk.membership.map { "\($0.servers) v\(String($0.version, radix: 16))" } ?? "nobody")"
                    + "\(disk.next.map { ", then \($0.servers) v\(String($0.version, radix: 16))" } ?? ""), epochs "
                    + "\(disk.acceptedEpoch) \(disk.currentEpoch), last \(String(disk.lastTransaction, radix: 16)), data \(disk.hasData)")
        }
    }

    func order(_ count: Int, using random: inout SeededGenerator) -> [Int] {
        Array(0..<count).shuffled(using: &random)
    }

    // MARK: - Steps

    /// One thing that happens, chosen at random.
    mutating func advance() throws {
        step += 1
        now += .milliseconds(200 + random.below(2_000))
        switch random.below(100) {
        case 0..<4: injectFault()
        case 4..<6: heal()
        case 6..<9: operate()
        case 9..<40: try protocolStep(random.below(hosts.count))
        case 40..<50: try write(at: random.below(hosts.count))
        default: try act(random.below(hosts.count))
        }
        try check()
    }

    /// Faults are over: everybody gets its turns, in random order.
    mutating func advanceRound() throws {
        now += .seconds(10)
        for host in order(hosts.count, using: &random) {
            step += 1
            try actInTurn(host)
            try check()
        }
        for _ in 0..<3 {
            for host in order(hosts.count, using: &random) {
                step += 1
                try protocolStep(host)
                try check()
            }
        }
        try write(at: random.below(hosts.count))
    }

    // MARK: - Invariants

    /// The hosts that can commit writes now: leaders with a majority, servers that run alone though they are listed.
    var authorities: [Int] {
        hosts.indices.filter { index in
            guard let server = hosts[index].server, server.isServing else { return false }
            switch server.role {
            case .standalone: return !server.hadNoList && stored.current.servers.server(named: hosts[index].name) != nil
            case .leading: return hasQuorum(index)
            default: return false
            }
        }
    }

    /// A release goes forward host by host until it ends; no other takes its place meanwhile.
    mutating func checkRelease(from old: ConfigurationCollection, to new: ConfigurationCollection) {
        guard let before = old.release, let after = new.release else { return }
        if before.target != after.target || before.hosts != after.hosts {
            releaseFault = "a release took the place of another"
        } else if new.current != old.current || after.index < before.index || after.index >= after.hosts.count {
            releaseFault = "a release went from \(before.index) to \(after.index)"
        }
    }

    func check() throws {
        if let releaseFault { throw Violation(description: releaseFault) }
        let authorities = authorities
        if authorities.count > 1 {
            throw Violation(description: "two ensembles serve: \(authorities.map { hosts[$0].name })")
        }
    }
}
