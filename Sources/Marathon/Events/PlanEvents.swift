import AppModel
import DeploymentPlanner

/// The events of deployments (contracts/marathon.md §7.2).
enum PlanEvents {
    static func info(_ deployment: Deployment, _ now: Timestamp) -> MarathonEvent { step("deployment_info", deployment, now) }
    static func stepSuccess(_ deployment: Deployment, _ now: Timestamp) -> MarathonEvent {
        step("deployment_step_success", deployment, now)
    }
    static func success(_ deployment: Deployment, _ now: Timestamp) -> MarathonEvent { end("deployment_success", deployment, now) }
    static func failed(_ deployment: Deployment, _ now: Timestamp) -> MarathonEvent { end("deployment_failed", deployment, now) }

    private static func step(_ type: String, _ deployment: Deployment, _ now: Timestamp) -> MarathonEvent {
        let current: JSONValue =
            deployment.isDone ? .null : deployment.plan.steps[deployment.step].json
        return MarathonEvent(
            type, at: now, [("plan", plan(deployment)), ("currentStep", current)],
            light: [("plan", lightPlan(deployment)), ("currentStep", current)])
    }

    private static func end(_ type: String, _ deployment: Deployment, _ now: Timestamp) -> MarathonEvent {
        MarathonEvent(
            type, at: now, [("id", .string(deployment.id)), ("plan", plan(deployment))],
            light: [("id", .string(deployment.id)), ("plan", lightPlan(deployment))])
    }

    private static func plan(_ deployment: Deployment) -> JSONValue {
        func tree(_ tree: AppTree) -> JSONValue { tree.json(of: .root) { $0.json } ?? .null }
        return .object(
            JSONObject(
                [
                    ("id", .string(deployment.id)), ("original", tree(deployment.original)), ("target", tree(deployment.target)),
                    ("steps", steps(deployment)), ("version", .string(deployment.version.description)),
                ]))
    }

    private static func lightPlan(_ deployment: Deployment) -> JSONValue {
        ["id": .string(deployment.id), "steps": steps(deployment), "version": .string(deployment.version.description)]
    }

    static func steps(_ deployment: Deployment) -> JSONValue {
        .array(deployment.plan.steps.map(\.json))
    }
}
