import DNSWire
import ResourceModel
import Testing

@testable import MesosDNS

@Suite struct ZoneBuilderTests {
    @Test func aValueOfSeveralTasksGoesWithTheLast() throws {
        var builder = try builder()
        builder.apply(.agent("x-S1", try address("10.0.0.5")))
        builder.apply(framework())
        builder.apply(chunk("x-S1", [task("1", name: "web"), task("2", name: "web")]))
        #expect(try builder.snapshot().records(of: name("web.marathon.mesos"))?.addresses.count == 1)
        builder.apply(chunk("x-S1", [task("2", name: "web")]))
        #expect(try builder.snapshot().records(of: name("web.marathon.mesos"))?.addresses.count == 1)
        builder.apply(chunk("x-S1", []))
        #expect(try builder.snapshot().records(of: name("web.marathon.mesos")) == nil)
    }

    @Test func tasksOfAnUnknownAgentOrFrameworkWait() throws {
        var builder = try builder()
        builder.apply(chunk("x-S1", [task("1", name: "web")]))
        #expect(builder.snapshot().lines.isEmpty)
        builder.apply(.live("x-S1", try address("10.0.0.5")))
        builder.apply(framework())
        #expect(builder.snapshot().lines.isEmpty)
        builder.apply(.agent("x-S1", try address("10.0.0.4")))
        #expect(builder.snapshot().lines.contains("web.marathon.mesos A 10.0.0.5"))
    }

    @Test func aVanishedAgentProcessKeepsItsRecordsUntilTheRegistryGivesItUp() throws {
        var builder = try builder()
        builder.apply(framework())
        builder.apply(.agent("x-S1", try address("10.0.0.5", 5051)))
        builder.apply(.live("x-S1", try address("10.0.0.5", 5051)))
        builder.apply(chunk("x-S1", [task("1", name: "web")]))
        let before = builder.snapshot().lines
        builder.apply(.live("x-S1", nil))
        #expect(builder.snapshot().lines == before)
        builder.apply(.agent("x-S1", nil))
        #expect(builder.snapshot().lines.isEmpty)
    }

    @Test func theSerialGrowsWithEveryChangedZoneAndOnlyThen() throws {
        var builder = try builder()
        let first = builder.snapshot().authority.serial
        builder.apply(.agent("x-S1", try address("10.0.0.5")))
        #expect(builder.snapshot().authority.serial == first + 1)
        builder.apply(.agent("x-S1", try address("10.0.0.5")))
        #expect(builder.snapshot().authority.serial == first + 1)
    }

    @Test func unhealthyTasksAreLeftOutUnlessAllAre() throws {
        var builder = try builder(healthyOnly: true)
        builder.apply(.agent("x-S1", try address("10.0.0.1")))
        builder.apply(.agent("x-S2", try address("10.0.0.2")))
        builder.apply(framework())
        let web = try name("web.marathon.mesos")
        builder.apply(chunk("x-S1", [task("1", name: "web", healthy: false)]))
        builder.apply(chunk("x-S2", [task("2", name: "web", healthy: true)]))
        #expect(try builder.snapshot().records(of: web)?.addresses == [address("10.0.0.2").ip])
        builder.apply(chunk("x-S2", [task("2", name: "web", healthy: false)]))
        #expect(builder.snapshot().records(of: web)?.addresses.count == 2)
        builder.apply(chunk("x-S1", [task("1", name: "web")]))
        #expect(try builder.snapshot().records(of: web)?.addresses == [address("10.0.0.1").ip])
    }

    @Test func aCompletePictureReplacesWhatIsNotInIt() throws {
        var builder = try builder()
        builder.apply(.master(candidacy: "json.info_1", try address("10.0.0.1", 5050)))
        builder.apply(.agent("x-S1", try address("10.0.0.5")))
        builder.apply(framework("F", "marathon", at: try address("10.0.0.1")))
        builder.apply(chunk("x-S1", [task("1", name: "web")]))
        #expect(!builder.snapshot().lines.isEmpty)
        builder.retain([.agent("x-S1", try address("10.0.0.5"))], of: .state)
        #expect(builder.snapshot().lines.contains("leader.mesos A 10.0.0.1"))
        #expect(!builder.snapshot().lines.contains { $0.contains("marathon") })
        builder.retain([], of: .election)
        #expect(builder.snapshot().lines == ["slave.mesos A 10.0.0.5"])
    }

    /// Whatever the order of changes, the zone is the one that a server started afterwards would build.
    @Test func theZoneDependsOnlyOnTheLastState() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        var incremental = try builder(healthyOnly: Bool.random(using: &random))
        var last: [String: Fact] = [:]
        for round in 0..<3000 {
            let (key, fact) = try randomFact(&random)
            incremental.apply(fact)
            last[key] = fact
            guard round % 151 == 0 else { continue }
            var fresh = try #require(ZoneBuilder(settings: incremental.settings, serial: 1))
            for fact in last.values.shuffled(using: &random) { fresh.apply(fact) }
            #expect(incremental.snapshot().lines == fresh.snapshot().lines, "seed \(seed), round \(round)")
            #expect(incremental.snapshot().count == fresh.snapshot().count, "seed \(seed), round \(round)")
        }
        for (key, fact) in last { last[key] = fact.gone; incremental.apply(fact.gone) }
        #expect(incremental.snapshot().lines.isEmpty, "seed \(seed)")
        #expect(incremental.snapshot().count == 1, "seed \(seed)")
    }

    private func randomFact(_ random: inout SplitMix64) throws -> (String, Fact) {
        func number(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
        let agent = AgentID("x-S\(number(4))")
        let maybe = number(3) == 0 ? nil : try address("10.0.0.\(number(5))", UInt16(5050 + number(2)))
        switch number(12) {
        case 0:
            let candidacy = "json.info_000\(number(3))"
            return (candidacy, .master(candidacy: candidacy, maybe))
        case 1: return ("agent \(agent)", .agent(agent, maybe))
        case 2: return ("live \(agent)", .live(agent, maybe))
        case 3:
            let id = FrameworkID("F\(number(2))")
            let facts = FrameworkFacts(name: ["marathon", "chronos"][number(2)], isActive: number(4) > 0, scheduler: maybe)
            return ("framework \(id)", .framework(id, number(5) == 0 ? nil : facts))
        default:
            let bits = ["0", "1"][number(2)]
            let records = (0..<number(5)).map { _ in
                task(
                    "t\(number(8))", name: "app\(number(3))", framework: FrameworkID("F\(number(2))"),
                    state: number(4) == 0 ? .finished : .running, ports: [UInt64(31000 + number(3))],
                    discovery: number(2) == 0
                        ? nil : DiscoveryInfo(name: "Disco.\(number(2))", ports: .init(ports: [.init(number: 80, protocol: "tcp")])),
                    healthy: [nil, true, false][number(3)])
            }
            return ("chunk \(agent) \(bits)", chunk(agent, records, name: bits))
        }
    }
}

extension Fact {
    fileprivate var gone: Fact {
        switch self {
        case .master(let candidacy, _): .master(candidacy: candidacy, nil)
        case .agent(let id, _): .agent(id, nil)
        case .live(let id, _): .live(id, nil)
        case .framework(let id, _): .framework(id, nil)
        case .chunk(let agent, let chunk, _): .chunk(agent, chunk, [:])
        }
    }
}
