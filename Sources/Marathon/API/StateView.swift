import AppModel
import ClusterState
import DeploymentPlanner
import OfferMatcher
import ResourceModel

/// Shows what the leader knows in the API's JSON.
struct StateView: Sendable {
    let state: MarathonStateMachine
    private let locks: [AppID: [String]]

    init(_ state: MarathonStateMachine) {
        self.state = state
        var locks: [AppID: [String]] = [:]
        for deployment in state.deployments {
            for app in deployment.affectedApps { locks[app, default: []].append(deployment.id) }
        }
        self.locks = locks
    }

    // MARK: Apps

    func app(_ app: AppDefinition, _ embedding: Embedding) -> JSONValue {
        var object = app.json.object ?? JSONObject()
        let instances = embedding.isDisjoint(with: [.counts, .tasks, .taskStats, .readiness]) ? [] : state.instances(of: app.id)
        if embedding.contains(.counts) { Self.append(counts(instances), to: &object) }
        if embedding.contains(.deployments) {
            object.append("deployments", .array((locks[app.id] ?? []).map { ["id": .string($0)] }))
        }
        if embedding.contains(.tasks) { object.append("tasks", .array(instances.map { task($0) })) }
        if embedding.contains(.readiness) { object.append("readinessCheckResults", readiness(of: instances)) }
        if embedding.contains(.lastTaskFailure), let failure = state.failures[app.id] {
            object.append("lastTaskFailure", Self.failure(failure))
        }
        if embedding.contains(.taskStats) { object.append("taskStats", TaskStatistics.json(app, instances, now: .now)) }
        return .object(object)
    }

    private func counts(_ instances: [Instance]) -> [(String, JSONValue)] {
        [
            ("tasksStaged", JSONValue(instances.count { $0.state == .staging || $0.state == .starting })),
            ("tasksRunning", JSONValue(instances.count { $0.isRunning })),
            ("tasksHealthy", JSONValue(instances.count { $0.isRunning && $0.isHealthy })),
            ("tasksUnhealthy", JSONValue(instances.count { $0.isRunning && $0.isUnhealthy })),
        ]
    }

    private static func append(_ members: [(String, JSONValue)], to object: inout JSONObject) {
        for (key, value) in members { object.append(key, value) }
    }

    private static func failure(_ failure: MarathonFailureRecord) -> JSONValue {
        [
            "appId": .string(failure.appId), "host": .string(failure.host), "message": .string(failure.message),
            "state": .string(failure.state), "taskId": .string(failure.taskId), "timestamp": .string(failure.timestamp),
            "version": .string(failure.version), "slaveId": JSONValue(failure.slaveId),
        ]
    }

    func readiness(of instances: [Instance]) -> JSONValue {
        .array(
            instances.compactMap { instance in
                guard let result = state.readiness[instance.id] else { return nil }
                var object = JSONObject([
                    ("name", .string(result.name)), ("taskId", .string(instance.id)), ("ready", .bool(result.isReady)),
                ])
                if let response = result.response {
                    object.append(
                        "lastResponse",
                        [
                            "status": JSONValue(response.status), "contentType": .string(response.contentType),
                            "body": .string(response.body),
                        ])
                }
                return .object(object)
            })
    }

    // MARK: Tasks

    /// - servicePorts: shown in the list of all tasks.
    func task(_ instance: Instance, servicePorts: Bool = false) -> JSONValue {
        var object = JSONObject([
            ("id", .string(instance.id)), ("appId", .string(instance.app.description)),
            ("slaveId", .string(instance.agent.value)), ("host", .string(instance.host)),
            ("state", .string(instance.isUnreachable ? "TASK_LOST" : instance.state.rawValue)),
            ("stagedAt", .string(instance.stagedAt.description)), ("startedAt", JSONValue(instance.startedAt?.description)),
            ("ports", JSONValue(instance.ports)), ("version", .string(instance.version.description)),
        ])
        if !instance.addresses.isEmpty {
            object.append(
                "ipAddresses", .array(instance.addresses.map { ["ipAddress": .string($0), "protocol": "IPv4"] }))
        }
        if servicePorts, let ports = state.tree.apps[instance.app]?.servicePorts, !ports.isEmpty {
            object.append("servicePorts", JSONValue(ports))
        }
        let results = instance.health.sorted { $0.key < $1.key }.map(\.value).filter { !$0.isUnknown }
        if !results.isEmpty { object.append("healthCheckResults", .array(results.map { $0.json(taskID: instance.id) })) }
        return .object(object)
    }

    /// The lines that load balancers read (contracts/marathon.md §4.2).
    func textLines(_ apps: [AppDefinition]) -> String {
        var text = ""
        for app in apps where app.ipAddress == nil {
            let running = state.instances(of: app.id).filter(\.isRunning)
            let name = app.id.safeForm
            guard !app.servicePorts.isEmpty else {
                text += "\(name)\t \t\(running.map { $0.host + " " }.joined())\n"
                continue
            }
            for (index, port) in app.servicePorts.enumerated() {
                text += "\(name)\t\(port)\t"
                for instance in running {
                    text += "\(instance.host):\(index < instance.ports.count ? instance.ports[index] : 0)\t"
                }
                text += "\n"
            }
        }
        return text
    }

    // MARK: Deployments and queue

    func deployment(_ deployment: Deployment) -> JSONValue {
        let current: [JSONValue] =
            deployment.isDone
            ? []
            : deployment.plan.steps[deployment.step].actions.map { action in
                var object = action.json.object ?? JSONObject()
                object.append("readinessCheckResults", readiness(of: state.instances(of: action.app)))
                return .object(object)
            }
        return [
            "id": .string(deployment.id), "version": .string(deployment.version.description),
            "affectedApps": JSONValue(deployment.affectedApps.sorted().map(\.description)), "steps": PlanEvents.steps(deployment),
            "currentActions": .array(current), "currentStep": JSONValue(min(deployment.step + 1, deployment.plan.steps.count)),
            "totalSteps": JSONValue(deployment.plan.steps.count),
        ]
    }

    func queue(lastUnusedOffers: Bool, now: Timestamp) -> JSONValue {
        let entries = state.demands.sorted { $0.key < $1.key }.compactMap { id, demand -> JSONValue? in
            guard let app = state.tree.apps[id] else { return nil }
            let backoff = state.backoff(of: id)
            var object = JSONObject([
                ("count", JSONValue(demand.count)),
                (
                    "delay",
                    [
                        "timeLeftSeconds": JSONValue(backoff?.timeLeftSeconds(at: now) ?? 0),
                        "overdue": .bool(backoff?.isOver(at: now) ?? true),
                    ]
                ), ("since", .string(demand.since.description)),
            ])
            if let statistics = state.statistics[id] {
                object.append("processedOffersSummary", statistics.summaryJSON)
                if lastUnusedOffers { object.append("lastUnusedOffers", statistics.lastUnusedOffersJSON) }
            }
            object.append("app", app.json)
            return .object(object)
        }
        return ["queue": .array(entries)]
    }
}
