import Allocator
import ClusterState
import ResourceModel

/// Everything a master decides: events in, actions out; no clock, no I/O.
///
/// Standbys only keep the mirror. A leader builds its working state from the mirror when it takes over and drops it when
/// it is deposed. Order of each change: stored first, then in memory, then told (contracts/mesos.md §21.4 rule 3).
struct MasterStateMachine: Sendable {
    enum Phase: Sendable, Hashable {
        case standby
        /// Elected; the mirror has not shown the own leader record yet, so predecessors' writes may be missing.
        case recovering(epoch: Int64)
        case leading(epoch: Int64)

        var isRecovering: Bool { if case .recovering = self { true } else { false } }
    }

    let configuration: Configuration
    let master: MasterInfo
    var phase = Phase.standby
    var mirror = KernelMirror()

    // The working state of a leader.
    var agents: [AgentID: AgentEntry] = [:]
    var frameworks: [FrameworkID: FrameworkEntry] = [:]
    /// Oldest first.
    var completedFrameworks: [FrameworkEntry] = []
    /// Agents that may not come back, oldest first.
    var removedAgents: [AgentID] = []
    /// Agents that may come back with their tasks.
    var unreachableAgents: [AgentID: AgentRecord] = [:]
    /// How many agents the registry held at the election.
    var recoveredAgents = 0
    var removalLimiter: RemovalLimiter
    /// In force.
    var maintenance = MaintenanceBook()
    /// With the changes that are on their way to ZooKeeper.
    var submittedMaintenance = MaintenanceBook()
    var inverseOffers = InverseOffers()
    var offers: [OfferID: OfferEntry] = [:]
    var allocator: Allocator
    /// Quotas and weights in force.
    var roles = RoleSettings()
    var links: [LinkID: AgentID?] = [:]
    var streams: [StreamID: FrameworkID?] = [:]
    /// Registrations that wait for their registry write, by pid.
    var admissions: [String: Admission] = [:]
    var commits: [CommitID: Continuation] = [:]
    /// Wall seconds.
    var electedTime: Double?
    var lastAllocation: Double = 0

    // What survives a demotion in the same process: ids must never repeat.
    var nextCommit: CommitID = 0
    var nextOffer = 0
    var nextFramework = 0
    var nextAgent = 0
    var generator: SplitMix64
    var metrics = MasterMetrics()

    /// Somebody listens to `MasterAction.publish`.
    var isObserved = false

    private var actions: [MasterAction] = []

    /// A registration on its way through the registry.
    struct Admission: Sendable {
        var link: LinkID
        var registration: AgentRegistration
        var record: AgentRecord
    }

    /// What follows a durable write.
    enum Continuation: Sendable {
        case admit(pid: String)
        case attach(StreamID, FrameworkRecord, suppressed: Set<String>)
        case updateFramework(RequestID, FrameworkRecord, suppressed: Set<String>)
        case removeAgent(AgentID, AgentRemoval)
        case administer(RequestID, AgentRecord)
        case maintain(MaintenanceBook, RequestID)
        case removeFramework(FrameworkID, RequestID?)
        case accept(AcceptInProgress, ReservationChange)
        case reservation(RequestID, ReservationChange)
        case quotas(RequestID, QuotasRecord, roles: [String])
        case weights(RequestID, WeightsRecord)
        case nothing

        /// Who waits for it.
        var request: RequestID? {
            switch self {
            case .removeFramework(_, let request): request
            case .removeAgent(_, let removal): removal.request
            case .administer(let request, _), .maintain(_, let request), .updateFramework(let request, _, _): request
            case .reservation(let request, _), .quotas(let request, _, _), .weights(let request, _): request
            case .admit, .attach, .accept, .nothing: nil
            }
        }
    }

    init(configuration: Configuration, master: MasterInfo, seed: UInt64) {
        self.configuration = configuration
        self.master = master
        self.generator = SplitMix64(seed: seed)
        self.removalLimiter = RemovalLimiter(configuration.agentRemovalRateLimit)
        self.allocator = Allocator(
            excludedFromShares: configuration.fairSharingExcludedResources, minimum: configuration.minAllocatableResources)
    }

    var isLeading: Bool { if case .leading = phase { true } else { false } }

    /// The epoch of the current leadership, 0 without.
    var epoch: Int64 {
        switch phase {
        case .standby: 0
        case .recovering(let epoch), .leading(let epoch): epoch
        }
    }

    mutating func handle(_ event: MasterEvent, now: Moment) -> [MasterAction] {
        switch event {
        case .mirror(let batch): mirrorChanged(batch, now: now)
        case .elected(let epoch): elected(epoch: epoch, now: now)
        case .deposed: deposed()
        case .zooKeeperReconnected: restartRemovalTimers(now: now)
        case .agentSubscribed(let link, let registration): agentSubscribed(link, registration, now: now)
        case .agentLinkClosed(let link): agentLinkClosed(link, now: now)
        case .agentReported(let request, let report): agentReported(request, report, now: now)
        case .schedulerSubscribed(let stream, let id, let subscribe): schedulerSubscribed(stream, id: id, subscribe, now: now)
        case .schedulerStreamClosed(let stream): schedulerStreamClosed(stream, now: now)
        case .schedulerCalled(let request, let call, let stream): schedulerCalled(request, call, stream: stream, now: now)
        case .teardown(let request, let id): teardown(request, id, now: now)
        case .operatorCalled(let request, let change, let principal):
            operatorCalled(request, change, principal: principal, now: now)
        case .committed(let id): committed(id, now: now)
        case .commitFailed(let id): commitFailed(id, now: now)
        case .tick: tick(now: now)
        }
        defer { actions = [] }
        return actions
    }

    // MARK: Emitting

    mutating func emit(_ action: MasterAction) { actions.append(action) }

    mutating func commit(_ writes: [DurableWrite], then continuation: Continuation = .nothing) {
        nextCommit += 1
        commits[nextCommit] = continuation
        emit(.commit(nextCommit, writes))
    }

    mutating func log(_ message: String, _ metadata: [String: String] = [:]) { emit(.log(message, metadata)) }

    mutating func tell(_ agent: AgentID, _ kind: AgentCommand.Kind, _ fill: (inout AgentCommand) -> Void = { _ in }) {
        guard let link = agents[agent]?.link else { return }
        tell(link: link, kind, fill)
    }

    mutating func tell(link: LinkID, _ kind: AgentCommand.Kind, _ fill: (inout AgentCommand) -> Void = { _ in }) {
        var command = AgentCommand(type: kind, epoch: epoch)
        fill(&command)
        emit(.tellAgent(link, command))
    }

    // MARK: Writes that came back

    private mutating func committed(_ id: CommitID, now: Moment) {
        switch commits.removeValue(forKey: id) {
        case .admit(let pid): admit(pid: pid, now: now)
        case .attach(let stream, let record, let suppressed): attach(stream, record, suppressed: suppressed, now: now)
        case .updateFramework(let request, let record, let suppressed):
            updated(record, suppressed: suppressed, request, now: now)
        case .removeAgent(let agent, let removal): finishRemoval(of: agent, removal, now: now)
        case .administer(let request, let record): administer(request, record, now: now)
        case .maintain(let book, let request): maintain(book, request, now: now)
        case .removeFramework(let framework, let request): finishRemoval(of: framework, request, now: now)
        case .accept(let accept, let change): stored(change, of: accept, now: now)
        case .reservation(let request, let change): stored(change, request, now: now)
        case .quotas(let request, let record, let roles): stored(record, of: roles, request, now: now)
        case .weights(let request, let record): stored(record, request, now: now)
        case .nothing, nil: break
        }
    }

    private mutating func commitFailed(_ id: CommitID, now: Moment) {
        switch commits.removeValue(forKey: id) {
        case .admit(let pid):
            // The agent subscribes again.
            if let admission = admissions.removeValue(forKey: pid) { closeLink(admission.link) }
        case .attach(let stream, _, _): closeStream(stream)
        case .updateFramework(let request, _, _): emit(.reply(request, .unavailable))
        case .removeAgent(let agent, let removal):
            agents[agent]?.isBeingRemoved = false
            if let request = removal.request { emit(.reply(request, .unavailable)) }
        case .administer(let request, _): emit(.reply(request, .unavailable))
        case .maintain(_, let request):
            submittedMaintenance = maintenance
            emit(.reply(request, .unavailable))
        case .removeFramework(let framework, let request):
            frameworks[framework]?.isBeingRemoved = false
            if let request { emit(.reply(request, .unavailable)) }
        case .accept(let accept, let change): storingFailed(change, of: accept, now: now)
        case .reservation(let request, let change): storingFailed(change, request)
        case .quotas(let request, _, _), .weights(let request, _):
            roles.forgetSubmitted()
            emit(.reply(request, .unavailable))
        case .nothing, nil: break
        }
    }
}
