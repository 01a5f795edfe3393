import AppModel
import DeploymentPlanner

/// What an app should come to at the moment.
enum AppGoal: Sendable {
    /// Locked, and its turn in the deployment has not come: leave everything as it is.
    case hold
    /// Not defined any more: kill all.
    case stop
    /// So many instances, of whatever version they are.
    case scale(ScaleStep)
    /// So many instances of the present version; the others go by the rules of rolling upgrades.
    case replace(ReplacementStep)

    func decision(for tasks: [PlannedTask]) -> StepDecision {
        switch self {
        case .hold: StepDecision()
        case .stop: StopStep().next(tasks)
        case .scale(let step): step.next(tasks)
        case .replace(let step): step.next(tasks)
        }
    }

    var killReason: MarathonStateMachine.PendingKill.Reason {
        switch self {
        case .hold, .scale: .scaling
        case .stop: .deleting
        case .replace: .upgrade
        }
    }
}
