import MesosProtobuf
import ResourceModel
import Testing

/// Every field of every message that our types carry survives the binary form.
@Suite struct CompletenessTests {
    /// All seeds after the first two set each field with a chance; those set all there are.
    private func comesBack<Message: ProtobufCodable & Hashable>(
        _ type: Message.Type, _ seed: UInt64, _ adapt: (inout Message) -> Void = { _ in }
    ) throws -> Message {
        var message = try Message(from: ArbitraryDecoder(source: .init(seed: seed, isFull: seed < 2)))
        adapt(&message)
        let back = try ProtobufTranscoder.decode(type, from: ProtobufTranscoder.encode(message))
        if back != message { Issue.record("seed \(seed): \(message)\ncame back as \(back)") }
        return message
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `a scheduler's call`(seed: UInt64) throws {
        let call = try comesBack(SchedulerCall.self, seed)
        #expect(call.unknownEnum == nil)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `a scheduler's event`(seed: UInt64) throws { _ = try comesBack(SchedulerEvent.self, seed) }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `an executor's call`(seed: UInt64) throws {
        _ = try comesBack(ExecutorCall.self, seed) { call in
            call.executor_id = call.executor_id ?? "e"
            call.framework_id = call.framework_id ?? "f"
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `an executor's event`(seed: UInt64) throws { _ = try comesBack(ExecutorEvent.self, seed) }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `an operator's call`(seed: UInt64) throws {
        let call = try comesBack(OperatorCall.self, seed)
        #expect(call.unknownEnum == nil)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `an answer to an operator`(seed: UInt64) throws {
        _ = try comesBack(OperatorResponse.self, seed) { answer in
            // Changes have no answer.
            let reads: [OperatorCall.Kind] = [.getHealth, .getState, .getQuota, .getOperations, .readFile, .getMaintenanceStatus]
            answer.type = reads[Int(seed) % reads.count]
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `an operator's event`(seed: UInt64) throws { _ = try comesBack(OperatorEvent.self, seed) }

    @Test(arguments: SchedulerCall.Kind.allCases)
    func `every type of a scheduler's call`(kind: SchedulerCall.Kind) throws {
        let call = SchedulerCall(type: kind, framework_id: "f")
        #expect(try ProtobufTranscoder.decode(SchedulerCall.self, from: ProtobufTranscoder.encode(call)) == call)
    }

    @Test(arguments: SchedulerEvent.Kind.allCases)
    func `every type of a scheduler's event`(kind: SchedulerEvent.Kind) throws {
        let event = SchedulerEvent(type: kind)
        #expect(try ProtobufTranscoder.decode(SchedulerEvent.self, from: ProtobufTranscoder.encode(event)) == event)
    }

    @Test(arguments: OperatorCall.Kind.allCases)
    func `every type of an operator's call`(kind: OperatorCall.Kind) throws {
        let call = OperatorCall(type: kind)
        #expect(try ProtobufTranscoder.decode(OperatorCall.self, from: ProtobufTranscoder.encode(call)) == call)
    }

    @Test(arguments: OperatorEvent.Kind.allCases)
    func `every type of an operator's event`(kind: OperatorEvent.Kind) throws {
        let event = OperatorEvent(type: kind)
        #expect(try ProtobufTranscoder.decode(OperatorEvent.self, from: ProtobufTranscoder.encode(event)) == event)
    }

    @Test func `a drain has the form of protobuf durations`() throws {
        var call = OperatorCall(type: .drainAgent)
        call.drain_agent = .init(agent_id: "a", max_grace_period: ProtobufDuration(nanoseconds: 1_500_000_000))
        #expect(
            try [UInt8](ProtobufTranscoder.encode(call))
                == [0x08, 37, 0xaa, 0x01, 17, 0x0a, 3, 0x0a, 1, 0x61, 0x12, 8, 0x08, 1, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01, 0x18, 0])
    }
}
