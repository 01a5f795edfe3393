import FoundationEssentials
import MesosProtobuf
import ResourceModel
import Testing

@Suite struct ProtobufTranscoderTests {
    /// Written by protoc from its text form: an ACCEPT that launches one task.
    static let accept =
        "CggKBmYtMDAwMBADIocBCgYKBGYtTzEScggBEm4KbAoDd2ViEgQKAnQxGgYKBGEtUzAiFgoEY3B1cxAAGgkJAAAAAAAA4D8yASoi"
        + "IAoFcG9ydHMQASIQCg4IwD4Q////////////ATIDd2ViMgMAAf86CxoHc2xlZXAgMTABYgsKCQiBgICAgICAEBoJCQAAAAAAANA/"

    static var acceptCall: SchedulerCall {
        var task = TaskInfo(
            name: "web", task_id: "t1", agent_id: "a-S0",
            resources: [.scalar("cpus", 0.5), .ranges("ports", [8000...UInt64.max], role: "web")])
        task.data = "AAH/"
        task.command = CommandInfo(shell: "sleep 1")
        task.kill_policy = KillPolicy(grace_period: DurationInfo(nanoseconds: 9_007_199_254_740_993))
        var call = SchedulerCall(type: .accept, framework_id: "f-0000")
        call.accept = .init(offer_ids: ["f-O1"], operations: [.launch([task])], filters: Filters(refuse_seconds: 0.25))
        return call
    }

    @Test func `reads what protoc wrote`() throws {
        let bytes = try #require(Data(base64Encoded: Self.accept))
        #expect(try ProtobufTranscoder.decode(SchedulerCall.self, from: bytes) == Self.acceptCall)
    }

    @Test func `writes what protoc writes`() throws {
        #expect(try ProtobufTranscoder.encode(Self.acceptCall).base64EncodedString() == Self.accept)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `a call comes back from the binary form as it was`(seed: UInt64) throws {
        var arbitrary = ArbitraryMessages(seed: seed)
        let call = arbitrary.call()
        #expect(try ProtobufTranscoder.decode(SchedulerCall.self, from: ProtobufTranscoder.encode(call)) == call, "seed \(seed)")
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `an event comes back from the binary form as it was`(seed: UInt64) throws {
        var arbitrary = ArbitraryMessages(seed: seed)
        let event = arbitrary.event()
        #expect(try ProtobufTranscoder.decode(SchedulerEvent.self, from: ProtobufTranscoder.encode(event)) == event, "seed \(seed)")
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func `damaged bytes are refused or read, never fatal`(seed: UInt64) throws {
        var arbitrary = ArbitraryMessages(seed: seed)
        var bytes = try [UInt8](ProtobufTranscoder.encode(arbitrary.call()))
        for _ in 0..<3 where !bytes.isEmpty {
            bytes[Int.random(in: 0..<bytes.count, using: &arbitrary.generator)] = .random(in: 0...255, using: &arbitrary.generator)
        }
        do {
            _ = try ProtobufTranscoder.decode(SchedulerCall.self, from: bytes)
        } catch is ProtobufError {}
    }

    @Test func `declared defaults are filled in`() throws {
        // framework_info { user: "u" name: "n" capabilities {} }, type SUBSCRIBE
        let info: [UInt8] = [0x0a, 1, 0x75, 0x12, 1, 0x6e, 0x52, 0]
        let call = try ProtobufTranscoder.decode(SchedulerCall.self, from: [0x10, 1, 0x1a, 10, 0x0a, 8] + info)
        let framework = try #require(call.subscribe?.framework_info)
        #expect(framework.role == "*" && framework.failover_timeout == 0 && framework.checkpoint == false)
        #expect(framework.capabilities == [.init(type: "UNKNOWN")])
    }

    @Test func `a missing required field is refused`() {
        // KILL without task_id.
        #expect(throws: ProtobufError.self) { try ProtobufTranscoder.decode(SchedulerCall.self, from: [0x10, 6, 0x32, 0]) }
    }

    @Test func `an enum value from the future counts as unset`() throws {
        #expect(try ProtobufTranscoder.decode(SchedulerCall.self, from: [0x10, 0x63]).type == nil)
    }

    @Test func `fields from the future are ignored`() throws {
        // type REVIVE, then field 100 with a varint.
        #expect(try ProtobufTranscoder.decode(SchedulerCall.self, from: [0x10, 5, 0xa0, 0x06, 1]) == SchedulerCall(type: .revive))
    }

    @Test func `numbers that JSON has no notation for pass`() throws {
        var call = SchedulerCall(type: .subscribe)
        var framework = FrameworkInfo(user: "u", name: "n")
        framework.failover_timeout = .infinity
        call.subscribe = .init(framework_info: framework)
        #expect(try ProtobufTranscoder.decode(SchedulerCall.self, from: ProtobufTranscoder.encode(call)) == call)
        framework.failover_timeout = .nan
        call.subscribe = .init(framework_info: framework)
        let read = try ProtobufTranscoder.decode(SchedulerCall.self, from: ProtobufTranscoder.encode(call))
        #expect(read.subscribe?.framework_info.failover_timeout.isNaN == true)
    }

    @Test func `the message of an executor has its odd field number`() throws {
        var call = ExecutorCall(type: .message, executor_id: "e", framework_id: "f")
        call.message = .init(data: "QQ==")
        let bytes = try [UInt8](ProtobufTranscoder.encode(call))
        #expect(bytes.suffix(5) == [0x32, 3, 0x12, 1, 0x41])
        #expect(try ProtobufTranscoder.decode(ExecutorCall.self, from: bytes) == call)
    }

    @Test func `a call without its ids cannot be written`() {
        #expect(throws: ProtobufError.self) {
            try ProtobufTranscoder.encode(ExecutorCall(type: .subscribe, executor_id: nil, framework_id: nil))
        }
    }
}
