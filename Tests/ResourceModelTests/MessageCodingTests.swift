import FoundationEssentials
import Testing

@testable import ResourceModel

@Suite("The JSON of the Mesos v1 messages")
struct MessageCodingTests {
    private func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    @Test("declared defaults are written, empty lists are not")
    func defaults() throws {
        #expect(
            try text(FrameworkInfo(user: "root", name: "f"))
                == #"{"checkpoint":false,"failover_timeout":0,"name":"f","role":"*","user":"root"}"#)
        #expect(try text(CommandInfo(shell: "x")) == #"{"shell":true,"value":"x"}"#)
    }

    @Test("unknown keys are ignored, null is unset, one value counts as a list of one")
    func leniency() throws {
        let json = #"{"type":"DECLINE","framework_id":{"value":"f"},"decline":{"offer_ids":{"value":"o"},"filters":null},"x":1}"#
        let call = try JSONDecoder().decode(SchedulerCall.self, from: Data(json.utf8))
        #expect(call.decline?.offer_ids == ["o"])
        #expect(call.decline?.filters == nil)
    }

    @Test("a wrong type, a missing required field and an unknown enum name are errors")
    func strictness() {
        for json in [
            #"{"type":5}"#, #"{"type":"NONSENSE"}"#, #"{"type":"KILL","kill":{}}"#,
            #"{"type":"ACCEPT","accept":{"offer_ids":["not an object"]}}"#,
        ] {
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(SchedulerCall.self, from: Data(json.utf8)) }
        }
    }

    @Test("MasterInfo encodes its address as clients decode it")
    func masterInfo() throws {
        let info = try #require(MasterInfo(id: "m", ip: "10.0.1.1", port: 5050, version: "1.0.3"))
        #expect(info.ip == 16_842_762 && info.pid == "master@10.0.1.1:5050" && info.hostname == "10.0.1.1")
        #expect(MasterInfo(id: "m", ip: "host", port: 1, version: "1.0.3") == nil)
    }
}
