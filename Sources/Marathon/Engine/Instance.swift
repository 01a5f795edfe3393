import AppModel
import ClusterState
import OfferMatcher
import ResourceModel

/// One task of an app, from the decision to launch it until its terminal state is stored.
struct Instance: Sendable, Hashable, Identifiable {
    /// The Mesos task id.
    let id: String
    let app: AppID
    /// The version of the app it was launched with.
    let version: Timestamp
    /// The configuration of that version: the time of the last change other than scaling.
    let configuration: Timestamp
    let agent: AgentID
    let host: String
    let attributes: [Attribute]
    /// In the order of the definition.
    let ports: [Int]
    /// How many health checks its definition has.
    let checkCount: Int
    var state: TaskState
    let stagedAt: Timestamp
    var startedAt: Timestamp?
    var addresses: [String] = []
    /// By the index of the check in the definition.
    var health: [Int: TaskHealth] = [:]
    var unreachableSince: Timestamp?
    /// Mesos has said something of it.
    var isConfirmed = false

    init(
        id: String, app: AppID, version: Timestamp, configuration: Timestamp, agent: AgentID, host: String,
        attributes: [Attribute], ports: [Int], checkCount: Int, stagedAt: Timestamp
    ) {
        self.id = id
        self.app = app
        self.version = version
        self.configuration = configuration
        self.agent = agent
        self.host = host
        self.attributes = attributes
        self.ports = ports
        self.checkCount = checkCount
        self.state = .staging
        self.stagedAt = stagedAt
    }

    /// The agent's attributes in the form that constraints compare.
    var attributeTexts: [String: String] {
        Dictionary(attributes.map { ($0.name, $0.constraintText) }, uniquingKeysWith: { first, _ in first })
    }

    var isUnreachable: Bool { state == .lost || state == .unreachable }
    var isRunning: Bool { state == .running }

    /// Whether it has checks and every one of them has a success later than its last failure.
    var isHealthy: Bool { checkCount > 0 && (0..<checkCount).allSatisfy { health[$0]?.isAlive == true } }

    /// Whether some check says that it is not alive.
    var isUnhealthy: Bool { health.values.contains { !$0.isUnknown && !$0.isAlive } }
}

extension Instance {
    var record: MarathonInstanceRecord {
        var record = MarathonInstanceRecord(
            id: id, app: app.description, version: version.description, spec: configuration.description,
            agent: .init(id: agent.value, host: host, attrs: attributes), ports: ports, checks: checkCount, state: state,
            stagedAt: stagedAt.description)
        record.startedAt = startedAt?.description
        record.ip = addresses
        record.unreachableSince = unreachableSince?.description
        record.confirmed = isConfirmed
        for (index, check) in health {
            guard let since = check.isAlive ? check.lastSuccess : check.lastFailure else { continue }
            record.health[String(index)] = MarathonHealthRecord(alive: check.isAlive, since: since.description)
        }
        return record
    }

    /// Nil for a record whose ids or times are not readable.
    init?(_ record: MarathonInstanceRecord) {
        guard let app = try? AppID(record.app), let version = Timestamp(record.version), let configuration = Timestamp(record.spec),
            let stagedAt = Timestamp(record.stagedAt)
        else { return nil }
        self.init(
            id: record.id, app: app, version: version, configuration: configuration, agent: AgentID(record.agent.id),
            host: record.agent.host, attributes: record.agent.attrs, ports: record.ports, checkCount: record.checks,
            stagedAt: stagedAt)
        state = record.state
        startedAt = record.startedAt.flatMap { Timestamp($0) }
        addresses = record.ip
        unreachableSince = record.unreachableSince.flatMap { Timestamp($0) }
        isConfirmed = record.confirmed
        for (index, check) in record.health {
            guard let index = Int(index), let since = Timestamp(check.since) else { continue }
            health[index] = TaskHealth(alive: check.alive, since: since)
        }
    }
}
