import ClusterState
import DNSWire
import ResourceModel
import Testing

@testable import MesosDNS

/// The table of contracts/dns-networking.md §3.4.
@Suite struct RecordTests {
    private func zone(_ records: [TaskRecord], sources: [IPSource] = [.host], framework name: String = "marathon") throws -> [String] {
        var builder = try builder()
        builder.apply(.agent("x-S1", try address("10.0.0.5")))
        builder.apply(framework("F", name))
        builder.apply(chunk("x-S1", records, sources: sources))
        return builder.snapshot().lines.filter { !$0.hasPrefix("slave.") }
    }

    @Test func aTaskWithoutDiscoveryNameHasBothProtocolsAndAgentTargets() throws {
        let lines = try zone([task("web.1", name: "web", ports: [31002])])
        let hash = TaskHash.hash5("web.1")
        let target = "web-\(hash)-s1.marathon.slave.mesos"
        #expect(
            lines
                == [
                    "_web._tcp.marathon.mesos SRV \(target):31002", "_web._tcp.marathon.slave.mesos SRV \(target):31002",
                    "_web._udp.marathon.mesos SRV \(target):31002", "_web._udp.marathon.slave.mesos SRV \(target):31002",
                    "web-\(hash)-s1.marathon.mesos A 10.0.0.5", "web-\(hash)-s1.marathon.slave.mesos A 10.0.0.5",
                    "web.marathon.mesos A 10.0.0.5", "web.marathon.slave.mesos A 10.0.0.5",
                ])
    }

    @Test func aTaskWithDiscoveryNameHasItsPortsByProtocolAndItsRawName() throws {
        let discovery = DiscoveryInfo(
            name: "myapp.sub.outer", ports: .init(ports: [.init(number: 31005, name: "MyPort", protocol: "tcp"), .init(number: 53)]))
        let lines = try zone([task("1", name: "ignored", ports: [31005], discovery: discovery)])
        let hash = TaskHash.hash5("1")
        var expected: [String] = []
        for name in ["myapp.sub.outer", "myapp-sub-outer"] {
            let canonical = "\(name)-\(hash)-s1.marathon"
            expected += ["\(name).marathon.mesos A 10.0.0.5", "\(name).marathon.slave.mesos A 10.0.0.5"]
            expected += ["\(canonical).mesos A 10.0.0.5", "\(canonical).slave.mesos A 10.0.0.5"]
            expected.append("_\(name)._tcp.marathon.mesos SRV \(canonical).mesos:31005")
            expected.append("_myport._\(name)._tcp.marathon.mesos SRV \(canonical).mesos:31005")
            for transport in ["tcp", "udp"] {
                expected.append("_\(name)._\(transport).marathon.mesos SRV \(canonical).mesos:53")
                expected.append("_\(name)._\(transport).marathon.slave.mesos SRV \(canonical).slave.mesos:31005")
            }
        }
        #expect(lines == expected.sorted())
    }

    @Test func theFirstSourceWithAnAddressGivesTheTasksAddress() throws {
        func addresses(_ sources: [IPSource], _ ip: [String]) throws -> [String] {
            try zone([task("1", name: "web", ip: ip)], sources: sources).filter { $0.hasPrefix("web.marathon.mesos") }
        }
        #expect(try addresses([.host, .netinfo], ["9.0.0.1"]) == ["web.marathon.mesos A 10.0.0.5"])
        #expect(try addresses([.netinfo, .host], ["9.0.0.1"]) == ["web.marathon.mesos A 9.0.0.1"])
        #expect(try addresses([.netinfo, .host], []) == ["web.marathon.mesos A 10.0.0.5"])
        #expect(try addresses([.netinfo, .host], ["nonsense"]) == ["web.marathon.mesos A 10.0.0.5"])
        #expect(
            try addresses([.netinfo, .host], ["9.0.0.1", "fd01:c::1"])
                == ["web.marathon.mesos A 9.0.0.1", "web.marathon.mesos AAAA fd01:c::1"])
        #expect(try addresses([.netinfo], []) == [])
    }

    @Test func theNewestRunningStatusCounts() throws {
        var record = task("1", name: "web", ip: ["9.0.0.1"])
        var newer = record.statuses[0]
        newer.timestamp = 2
        newer.labels = [Label(key: "Docker.NetworkSettings.IPAddress", value: "172.17.0.2")]
        var last = newer
        last.timestamp = 3
        last.state = .killing
        record.statuses += [newer, last]
        let facts = try #require(TaskFacts(record, sources: [.docker, .netinfo]))
        #expect(try facts.addresses == .own([address("172.17.0.2").ip], []))
    }

    @Test func onlyRunningTasksCount() {
        for state in TaskState.allCases {
            #expect((TaskFacts(task("1", name: "web", state: state), sources: [.host]) != nil) == (state == .running))
        }
    }

    @Test func frameworkNamesKeepTheirDots() throws {
        let lines = try zone([task("1", name: "web")], framework: "Chronos.Batch")
        #expect(lines.contains("web.chronos.batch.mesos A 10.0.0.5"))
    }

    @Test func namesWithoutAnyLegalCharacterHaveNoRecords() throws {
        #expect(try zone([task("1", name: "///")]).isEmpty)
        #expect(try zone([task("1", name: "web")], framework: "///").isEmpty)
    }

    @Test func mastersAreNumberedFromTheLeaderOn() throws {
        var builder = try builder()
        builder.apply(.master(candidacy: "json.info_0000000007", try address("10.0.0.12", 5050)))
        builder.apply(.master(candidacy: "json.info_0000000005", try address("10.0.0.11", 5051)))
        builder.apply(.master(candidacy: "json.info_0000000009", try address("10.0.0.11", 5052)))
        builder.apply(.master(candidacy: "json.info_0000000012", try address("10.0.0.13", 5050)))
        #expect(
            builder.snapshot().lines
                == [
                    "_leader._tcp.mesos SRV leader.mesos:5051", "_leader._udp.mesos SRV leader.mesos:5051", "leader.mesos A 10.0.0.11",
                    "master.mesos A 10.0.0.11", "master.mesos A 10.0.0.12", "master.mesos A 10.0.0.13", "master0.mesos A 10.0.0.11",
                    "master1.mesos A 10.0.0.12", "master2.mesos A 10.0.0.13",
                ])
        builder.apply(.master(candidacy: "json.info_0000000005", nil))
        #expect(builder.snapshot().lines.contains("leader.mesos A 10.0.0.12"))
        for number in ["07", "09", "12"] { builder.apply(.master(candidacy: "json.info_00000000\(number)", nil)) }
        #expect(builder.snapshot().lines.isEmpty)
    }

    @Test func agentsAndSchedulersHaveRecords() throws {
        var builder = try builder()
        builder.apply(.agent("x-S1", try address("10.0.0.5", 5051)))
        builder.apply(.agent("x-S2", try address("10.0.0.6", 5051)))
        builder.apply(framework("F", "marathon", at: try address("10.0.0.11", 8085)))
        #expect(
            builder.snapshot().lines
                == [
                    "_framework._tcp.marathon.mesos SRV marathon.mesos:8085", "_slave._tcp.mesos SRV slave.mesos:5051",
                    "marathon.mesos A 10.0.0.11", "slave.mesos A 10.0.0.5", "slave.mesos A 10.0.0.6",
                ])
        builder.apply(.framework("F", FrameworkFacts(name: "marathon", isActive: false, scheduler: try address("10.0.0.11", 8085))))
        builder.apply(.agent("x-S1", nil))
        #expect(builder.snapshot().lines == ["_slave._tcp.mesos SRV slave.mesos:5051", "slave.mesos A 10.0.0.6"])
    }

    @Test func theNameServerIsPublishedUnderBothNames() throws {
        var settings = try settings()
        settings.nameServers = [try address("10.0.0.11").ip]
        var builder = try #require(ZoneBuilder(settings: settings, serial: 1))
        #expect(builder.snapshot().lines == ["ns1.mesos A 10.0.0.11", "root.ns1.mesos A 10.0.0.11"])
    }
}
