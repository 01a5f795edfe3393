import ClusterState
import ResourceModel
import Testing

@testable import MesosMaster

@Suite("Master: GROW_VOLUME and SHRINK_VOLUME")
struct VolumeSizeTests {
    private typealias Parts = ReservationTests
    var master: MasterHarness
    let agent: AgentID
    let link: LinkID

    init() throws {
        master = try MasterHarness()
        (agent, link) = try master.addAgent(1, resources: Parts.total)
        master.take(.operatorCalled(800, .reserve(agent, [Parts.reserved("disk", 200)]), principal: nil))
        master.take(.operatorCalled(801, .createVolumes(agent, [Parts.volume(100)]), principal: nil))
    }

    private mutating func operate(_ change: OperatorRequest) -> Reply? {
        master.take(.operatorCalled(900, change, principal: nil))
        return master.replies[900]
    }

    private func checkpointed() -> Resources { Resources(master.agents[agent]?.checkpointed_resources ?? []) }

    @Test("A volume grows by what is reserved beside it; the agent is told")
    mutating func grow() {
        let change = OperatorRequest.growVolume(agent, volume: Parts.volume(100), addition: Parts.reserved("disk", 60))
        #expect(operate(change) == .accepted)
        let after = Resources([Parts.volume(160), Parts.reserved("disk", 40)])
        #expect(checkpointed() == after)
        #expect(master.commands(link, .checkpointResources).last.map { Resources($0.resources ?? []) } == after)
        #expect(operate(change)?.status == 400, "there is no volume of the old size any more")
    }

    @Test("A volume shrinks; what it loses stays reserved")
    mutating func shrink() {
        #expect(operate(.shrinkVolume(agent, volume: Parts.volume(100), subtract: 30)) == .accepted)
        #expect(checkpointed() == Resources([Parts.volume(70), Parts.reserved("disk", 130)]))
    }

    @Test("What cannot be added or taken off is refused")
    mutating func refused() {
        let volume = Parts.volume(100)
        #expect(operate(.shrinkVolume(agent, volume: volume, subtract: 0))?.status == 400)
        #expect(operate(.shrinkVolume(agent, volume: volume, subtract: 100))?.status == 400)
        #expect(operate(.growVolume(agent, volume: volume, addition: .scalar("disk", 10)))?.status == 400)
        #expect(operate(.growVolume(agent, volume: volume, addition: Parts.reserved("disk", 101)))?.status == 409)
        #expect(operate(.growVolume(nil, volume: volume, addition: Parts.reserved("disk", 10)))?.status == 400)
    }

    @Test("A framework grows its volume in an ACCEPT")
    mutating func byFramework() throws {
        let id = try master.subscribe("s", role: "kafka")
        let offers = master.offers("s").map(\.id)
        master.call(.accept, id, stream: "s") {
            $0.accept = .init(offer_ids: offers, operations: [.growVolume(Parts.volume(100), addition: Parts.reserved("disk", 100))])
        }
        #expect(checkpointed() == Resources([Parts.volume(200)]))
    }
}
