import MesosProtobuf
import ResourceModel
import Testing

@Suite struct EnumNameTests {
    @Test(arguments: 0..<100 as Range<UInt64>)
    func `every legal call passes`(seed: UInt64) {
        var arbitrary = ArbitraryMessages(seed: seed)
        #expect(arbitrary.call().unknownEnum == nil, "seed \(seed)")
    }

    @Test func `a capability nobody knows is named`() {
        var framework = FrameworkInfo(user: "u", name: "n")
        framework.capabilities = [.init(type: "GPU_RESOURCES"), .init(type: "TELEPATHY")]
        var call = SchedulerCall(type: .subscribe)
        call.subscribe = .init(framework_info: framework)
        #expect(call.unknownEnum == "TELEPATHY")
    }

    @Test func `a name deep inside a task is found`() {
        var task = TaskInfo(name: "t", task_id: "t", agent_id: "a", resources: [])
        task.container = ContainerInfo(type: "DOCKER")
        task.container?.volumes = [Volume(container_path: "/x", mode: "WO")]
        var call = SchedulerCall(type: .accept)
        call.accept = .init(offer_ids: [], operations: [.launch([task])])
        #expect(call.unknownEnum == "WO")
    }

    @Test func `the source of an executor's update is looked at`() {
        var status = TaskStatus(task_id: "t", state: .running)
        status.source = "SOURCE_GUESS"
        var call = ExecutorCall(type: .update, executor_id: "e", framework_id: "f")
        call.update = .init(status: status)
        #expect(call.unknownEnum == "SOURCE_GUESS")
    }
}
