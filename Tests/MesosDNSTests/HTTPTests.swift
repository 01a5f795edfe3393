import DNSWire
import FoundationEssentials
import ResourceModel
import Testing

@testable import MesosDNS

/// The bodies of contracts/dns-networking.md §3.7.
@Suite struct HTTPTests {
    private func zone() throws -> Zone {
        var builder = try builder()
        builder.apply(.agent("x-S1", try address("10.0.0.5")))
        builder.apply(framework())
        builder.apply(chunk("x-S1", [task("web.1", name: "web", ports: [31002])]))
        return builder.snapshot()
    }

    @Test func hosts() throws {
        for text in ["web.marathon.mesos", "Web.Marathon.Mesos.", "web.*.marathon.mesos"] {
            #expect(
                RecordsReplies.hosts(text, in: try zone()).text == #"[{"host":"web.marathon.mesos.","ip":"10.0.0.5"}]"#)
        }
        for text in ["nothing.mesos", "", "..", "_web._tcp.marathon.mesos"] {
            #expect(try RecordsReplies.hosts(text, in: zone()).text == #"[{"host":"","ip":""}]"#)
        }
    }

    @Test func services() throws {
        let hash = TaskHash.hash5("web.1")
        #expect(
            RecordsReplies.services("_Web._tcp.marathon.mesos.", in: try zone()).text
                == #"[{"service":"_Web._tcp.marathon.mesos.","host":"web-\#(hash)-s1.marathon.slave.mesos.","ip":"10.0.0.5","port":"31002"}]"#
        )
        #expect(
            RecordsReplies.services("_nothere._tcp.marathon.mesos", in: try zone()).text
                == #"[{"service":"","host":"","ip":"","port":""}]"#)
    }

    @Test func theWholeZone() throws {
        var builder = try builder()
        builder.apply(.master(candidacy: "json.info_1", try address("10.0.0.11", 5050)))
        #expect(
            RecordsReplies.axfr(builder.snapshot(), refreshSeconds: 30).text
                == #"{"TTL":60,"Serial":2,"RefreshSeconds":30,"Mname":"ns1.mesos.","Rname":"root.ns1.mesos.","Domain":"mesos","Records":{"As":{"leader.mesos.":["10.0.0.11"],"master.mesos.":["10.0.0.11"],"master0.mesos.":["10.0.0.11"]},"SRVs":{"_leader._tcp.mesos.":["leader.mesos.:5050"],"_leader._udp.mesos.":["leader.mesos.:5050"]}}}"#
        )
    }

    @Test func theEnumerationListsARecordOnceAndEmptyFrameworksToo() throws {
        var builder = try builder()
        builder.apply(.agent("x-S1", try address("10.0.0.5")))
        builder.apply(framework("A", "marathon"))
        builder.apply(framework("B", "idle"))
        builder.apply(chunk("x-S1", [task("1", name: "web", framework: "A"), task("2", name: "web", framework: "A")]))
        let enumeration = Enumeration(builder)
        #expect(enumeration.frameworks.map(\.name) == ["marathon", "idle"])
        #expect(enumeration.frameworks[0].tasks.map(\.records.count) == [4, 2])
        #expect(
            enumeration.frameworks[0].tasks[0].records.first.map { "\($0.name) \($0.host) \($0.rtype)" }
                == "web.marathon.mesos. 10.0.0.5 A")
        #expect(RecordsReplies.enumeration(enumeration).text.hasSuffix(#"{"tasks":[],"name":"idle"}]}"#))
    }

    @Test func theConfigurationHasItsKeysInOrderAndNoSecret() throws {
        var configuration = MesosDNSConfiguration()
        configuration.zk = "zk://user:pass@10.0.0.1:2181/mesos"
        configuration.mesosCredentials = .init(principal: "p", secret: "s3cret")
        let text = RecordsReplies.configuration(configuration, serial: 5).text
        #expect(!text.contains("s3cret") && !text.contains("pass@"))
        var position = text.startIndex
        for key in [
            "RefreshSeconds", "Port", "HttpPort", "SOASerial", "Masters", "IPSources", "Zk", "Domain", "MesosCredentials",
            "MesosAuthentication",
        ] {
            let rest = text[position...]
            let index = try #require(rest.indices.first { rest[$0...].hasPrefix("\"\(key)\":") })
            position = index
        }
    }

    @Test(
        arguments: [
            ([], true), (["*/*"], true), (["application/json"], true), (["text/html, application/*;q=0.5"], true), (["text/html"], false),
            (["application/json;q=0"], false), (["text/html", "*/*"], true),
        ] as [([String], Bool)])
    func acceptHeaders(_ headers: [String], _ accepted: Bool) {
        #expect(RecordsAPI.acceptsJSON(headers) == accepted)
    }

    @Test func textIsEscaped() {
        #expect(OrderedJSON.object([("a\"", .string("b\\\n\u{1}é"))]).text == "{\"a\\\"\":\"b\\\\\\n\\u0001é\"}")
    }
}
