import TaskProcess
import Testing

@Suite("What shim and agent tell each other") struct WireTests {
    @Test func `a specification survives the wire`() throws {
        var specification = ShimSpecification(
            executable: "/bin/sh", arguments: ["sh", "-c", "echo a=b\nc", ""], environment: ["A=1", "B=x=y", "C="], directory: "/x")
        specification.standardOutput = "/x/stdout"
        specification.identity = .init(uid: 1, gid: 2, groups: [2, 3])
        specification.cgroupFiles = ["/sys/fs/cgroup/cpu/mesos/c/cgroup.procs"]
        let bytes = try #require(specification.encoded())
        #expect(ShimSpecification.bodyLength(bytes.prefix(4)) == bytes.count - 4)
        #expect(ShimSpecification(body: bytes.dropFirst(4)) == specification)
    }

    @Test func `a NUL in a string is refused`() {
        let specification = ShimSpecification(executable: "x", arguments: ["a\0b"], environment: [], directory: "/")
        #expect(specification.encoded() == nil)
    }

    @Test(arguments: [
        ShimMessage.started(pid: 17, startTime: 12345), .failed(.execute, error: 2),
        .exited(ShimExit(cause: .code(1), wasKilled: false)), .exited(ShimExit(cause: .signal(9), wasKilled: true)),
    ])
    func `messages survive the wire`(message: ShimMessage) {
        #expect(ShimMessage(line: message.line) == message)
    }

    @Test func `commands survive the wire and rubbish is none`() {
        #expect(ShimCommand(line: ShimCommand.status.line) == .status)
        #expect(ShimCommand(line: ShimCommand.kill(graceMilliseconds: 3000).line) == .kill(graceMilliseconds: 3000))
        for line in ["", "kill", "kill -1", "kill x", "status now", "exit"] { #expect(ShimCommand(line: line) == nil) }
    }

    @Test func `a command with parentheses and blanks does not confuse the reader of stat`() throws {
        let text = "42 (a) R (b ) S 7 42 40 0 -1 4194560 100 0 0 0 11 12 0 0 20 0 3 0 98765 1000000 55 18446744073709551615 1 1"
        let entry = try #require(ProcessEntry(stat: Array(text.utf8)))
        #expect(entry.pid == 42 && entry.parent == 7 && entry.group == 42 && entry.session == 40)
        #expect(entry.userTime == 11 && entry.systemTime == 12 && entry.threads == 3 && entry.startTime == 98765)
        #expect(entry.residentPages == 55)
    }
}

@Suite("Escalation of a kill") struct KillEscalationTests {
    @Test func `SIGTERM at once, SIGKILL when the grace period is over`() {
        var escalation = KillEscalation()
        #expect(escalation.request(grace: 3000, now: 100) == [.terminate])
        #expect(escalation.tick(now: 3099) == [])
        #expect(escalation.tick(now: 3100) == [.kill])
        #expect(escalation.tick(now: 9999) == [])
    }

    @Test func `no grace is SIGKILL at once`() {
        var escalation = KillEscalation()
        #expect(escalation.request(grace: 0, now: 5) == [.kill])
    }

    @Test func `whatever the order of kills, there is one SIGTERM at most, one SIGKILL, never later than the earliest deadline`() {
        for seed in 0..<2000 as Range<UInt64> {
            var random = SplitMix(state: seed)
            var escalation = KillEscalation()
            var now: Int64 = 0
            var earliest = Int64.max
            var terms = 0
            var kills = 0
            for _ in 0..<20 {
                now += Int64.random(in: 0...500, using: &random)
                let actions: [KillEscalation.Action]
                if Bool.random(using: &random) {
                    let grace = Int64.random(in: 0...3000, using: &random)
                    if kills == 0 { earliest = min(earliest, now + grace) }
                    actions = escalation.request(grace: grace, now: now)
                } else {
                    actions = escalation.tick(now: now)
                }
                terms += actions.filter { $0 == .terminate }.count
                kills += actions.filter { $0 == .kill }.count
                #expect(terms <= 1 && kills <= 1, "seed \(seed)")
                #expect(kills == (now >= earliest ? 1 : 0), "seed \(seed)")
            }
        }
    }
}

/// SplitMix64: a seed reproduces a run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
