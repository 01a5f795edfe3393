import EnsembleModel
import Testing

@testable import Exhibitor

@Suite struct PreflightReportTests {
    private typealias Port = PreflightMeasurements.Port

    private func measurements(_ list: String = "1:a,2:b,3:c", _ change: (inout PreflightMeasurements) -> Void) -> PreflightMeasurements {
        var measurements = PreflightMeasurements(hostname: "a")
        measurements.servers = ServerList(parsing: list)
        measurements.state = .serving
        measurements.identity = "1"
        change(&measurements)
        return measurements
    }

    private func warnings(_ list: String = "1:a,2:b,3:c", _ change: (inout PreflightMeasurements) -> Void) -> [PreflightWarning] {
        PreflightReport(measurements: measurements(list, change)).warnings
    }

    private func peer(_ host: String, offset: Duration? = nil, state: ServerState? = .serving, isLeader: Bool = false, ports: [Port] = [])
        -> PreflightMeasurements.Peer
    {
        var peer = PreflightMeasurements.Peer(hostname: host)
        peer.state = state
        peer.isLeader = isLeader
        peer.clockOffset = offset
        peer.clockError = .milliseconds(500)
        peer.ports = ports
        return peer
    }

    private func disk(_ sync: PreflightMeasurements.Disk.Sync? = .took([.milliseconds(1)]), free: UInt64 = 50 << 30, entries: Double? = 0.5)
        -> PreflightMeasurements.Disk
    {
        PreflightMeasurements.Disk(path: "/log", sync: sync, free: free, total: 100 << 30, freeEntries: entries)
    }

    @Test func aHealthyHostHasNothingToSay() {
        let found = warnings { measurements in
            measurements.disks = [disk()]
            measurements.peers = [
                peer("b", offset: .milliseconds(400), ports: [Port(purpose: .client, number: 2181, outcome: .open)]),
                peer("c", offset: .seconds(-2), isLeader: true, ports: [Port(purpose: .connect, number: 2888, outcome: .open)]),
            ]
            measurements.openFileLimit = 65536
            measurements.heapMegabytes = 1024
            measurements.memoryMegabytes = 8192
            measurements.certificateLifetime = .seconds(90 * 86_400)
        }
        #expect(found.isEmpty)
    }

    @Test(arguments: [(24, nil), (25, .warning), (249, .warning), (250, .failed)] as [(Int, PreflightWarning.Severity?)])
    func judgesADiskByItsMedian(milliseconds: Int, severity: PreflightWarning.Severity?) {
        // One slow write among five is chance.
        let durations = [1, milliseconds, 5000, milliseconds, milliseconds].map { Duration.milliseconds($0) }
        let found = warnings { $0.disks = [disk(.took(durations))] }
        #expect(found.map(\.severity) == (severity.map { [$0] } ?? []))
        #expect(found.allSatisfy { $0.kind == "disk-latency" && $0.text.contains("/log") })
    }

    @Test func aDiskThatCannotBeWrittenFails() {
        let found = warnings { $0.disks = [disk(.failed(reason: "Read-only file system"))] }
        #expect(found.map(\.severity) == [.failed])
        #expect(found[0].text.contains("Read-only file system"))
    }

    @Test(arguments: [(6 << 30, nil), (4 << 30, .warning), (400 << 20, .failed)] as [(UInt64, PreflightWarning.Severity?)])
    func judgesTheRoomThatIsLeft(free: UInt64, severity: PreflightWarning.Severity?) {
        let found = warnings { $0.disks = [disk(free: free)] }
        #expect(found.map(\.severity) == (severity.map { [$0] } ?? []))
    }

    @Test func saysWhenFileEntriesRunOut() {
        #expect(warnings { $0.disks = [disk(entries: 0.01)] }.map(\.kind) == ["disk-space"])
        #expect(warnings { $0.disks = [disk(entries: nil)] }.isEmpty)
    }

    @Test func blamesTheClockThatDiffersFromMost() {
        let theirs = warnings { $0.peers = [peer("b", offset: .seconds(30)), peer("c", offset: .milliseconds(200))] }
        #expect(theirs.map(\.hostname) == ["b"] && theirs[0].kind == "clock-skew" && theirs[0].severity == .warning)
        let ours = warnings { $0.peers = [peer("b", offset: .seconds(3601)), peer("c", offset: .seconds(3600))] }
        #expect(ours.map(\.hostname) == ["a"] && ours[0].severity == .failed)
        #expect(ours[0].text.contains("3600 s behind"))
    }

    @Test func aClockWithinTheErrorOfItsMeasurementIsRight() {
        #expect(warnings { $0.peers = [peer("b", offset: .milliseconds(2400))] }.isEmpty)
        #expect(warnings { $0.peers = [peer("b", offset: .milliseconds(2600))] }.count == 1)
    }

    @Test func aPortThatIsRefusedMattersOnlyWhileTheServerRuns() {
        let port = Port(purpose: .election, number: 3888, outcome: .refused)
        #expect(warnings { $0.peers = [peer("b", state: .down, ports: [port])] }.isEmpty)
        #expect(warnings { $0.peers = [peer("b", state: nil, ports: [port])] }.isEmpty)
        let found = warnings { $0.peers = [peer("b", state: .serving, ports: [port])] }
        #expect(found.map(\.kind) == ["port"] && found[0].hostname == "b" && found[0].text.contains("b:3888"))
    }

    @Test func onlyALeaderIsConnectedTo() {
        let port = Port(purpose: .connect, number: 2888, outcome: .refused)
        #expect(warnings { $0.peers = [peer("b", ports: [port])] }.isEmpty)
        #expect(warnings { $0.peers = [peer("b", isLeader: true, ports: [port])] }.count == 1)
    }

    @Test func aPortThatIsSilentWhileItsHostIsUpIsFiltered() {
        let port = Port(purpose: .client, number: 2181, outcome: .silent)
        #expect(warnings { $0.peers = [peer("b", state: .down, ports: [port])] }.map(\.severity) == [.failed])
        #expect(warnings { $0.peers = [peer("b", state: nil, ports: [port])] }.isEmpty)
    }

    @Test func findsDuplicatesInTheList() {
        #expect(warnings("1:a,2:b,2:c") { _ in }.map(\.kind) == ["duplicate-id"])
        #expect(warnings("1:a,2:b,3:b") { _ in }.map(\.kind) == ["duplicate-id"])
    }

    @Test func findsAnIdentityThatIsNotOurs() {
        #expect(warnings { $0.identity = "2" }.map(\.severity) == [.failed])
        #expect(warnings { $0.identity = nil }.isEmpty)
        let found = warnings { measurements in
            var other = peer("b")
            other.serverID = 3
            measurements.peers = [other]
        }
        #expect(found.map(\.hostname) == ["b"])
    }

    @Test func countsSlowSyncs() {
        let found = warnings { $0.slowSyncs = [.milliseconds(1200), .milliseconds(4100)] }
        #expect(found.map(\.kind) == ["fsync"])
        #expect(found[0].text.contains("2 times") && found[0].text.contains("4100 ms"))
    }

    @Test func warnsOfOptionsAndLimits() {
        let found = warnings("1:a,2:b") { measurements in
            measurements.extraLines = [ConfigurationLine("leaderServes", "no")]
            measurements.openFileLimit = 1024
            measurements.heapMegabytes = 1600
            measurements.memoryMegabytes = 2000
            measurements.startProblem = "no java program"
            measurements.certificateLifetime = .seconds(-5)
        }
        // What has failed comes first.
        #expect(found.map(\.kind) == ["start", "certificate", "leader-serves", "config", "open-files", "heap"])
    }

    @Test func neverContradictsItselfWhateverIsMeasured() {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let states: [ServerState?] = [nil, .latent, .down, .notServing, .serving]
            let outcomes: [Port.Outcome] = [.open, .refused, .silent, .failed(reason: "x")]
            let purposes: [Port.Purpose] = [.client, .secureClient, .connect, .election]
            let all = measurements { measurements in
                measurements.peers = ["b", "c"].map { host in
                    peer(
                        host,
                        offset: Bool.random(using: &generator) ? .milliseconds(Int.random(in: -100_000...100_000, using: &generator)) : nil,
                        state: states.randomElement(using: &generator) ?? nil, isLeader: Bool.random(using: &generator),
                        ports: purposes.map { purpose in
                            Port(purpose: purpose, number: 1, outcome: outcomes.randomElement(using: &generator) ?? .open)
                        })
                }
                measurements.disks = [
                    disk(
                        .took(
                            (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                                .milliseconds(Int.random(in: 0...900, using: &generator))
                            }),
                        free: UInt64.random(in: 0...(100 << 30), using: &generator), entries: Double.random(in: 0...1, using: &generator))
                ]
            }
            let found = PreflightReport(measurements: all).warnings
            #expect(Set(found).count == found.count, "seed \(seed)")
            #expect(found.allSatisfy { !$0.text.isEmpty && !$0.action.isEmpty }, "seed \(seed)")
            let severities = found.map(\.severity)
            #expect(severities == severities.sorted(by: >), "seed \(seed)")
            // A host that nobody heard of cannot have filtered ports.
            for peer in all.peers where peer.state == nil {
                #expect(!found.contains { $0.kind == "port" && $0.hostname == peer.hostname }, "seed \(seed)")
            }
            // Not all clocks can be wrong.
            let clocks = all.peers.filter { $0.clockOffset != nil }.count + 1
            #expect(found.filter { $0.kind == "clock-skew" }.count < clocks, "seed \(seed)")
        }
    }
}
