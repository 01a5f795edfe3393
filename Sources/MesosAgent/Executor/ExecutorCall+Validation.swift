import FoundationEssentials
import ResourceModel

extension ExecutorCall {
    /// What is wrong with the message, or nil (contracts/mesos.md §9).
    var problem: String? {
        guard let type else { return "Expecting 'type' to be present" }
        func missing(_ field: String) -> String { "Expecting '\(field)' to be present" }
        guard let executor_id, !executor_id.value.isEmpty else { return missing("executor_id") }
        guard let framework_id, !framework_id.value.isEmpty else { return missing("framework_id") }
        switch type {
        case .subscribe:
            guard let subscribe else { return missing("subscribe") }
            for update in subscribe.unacknowledged_updates {
                if let problem = problem(with: update.status, of: executor_id, framework_id) { return problem }
            }
            return nil
        case .update:
            guard let update else { return missing("update") }
            return problem(with: update.status, of: executor_id, framework_id)
        case .message: return message == nil ? missing("message") : nil
        case .unknown: return "Received a call of unknown type"
        }
    }

    private func problem(with status: TaskStatus, of executor: ExecutorID, _ framework: FrameworkID) -> String? {
        guard let uuid = status.uuid else { return "Expecting 'uuid' to be present" }
        guard let bytes = Data(base64Encoded: uuid), bytes.count == 16 else { return "Not a valid UUID" }
        if let other = status.executor_id, other != executor {
            return "ExecutorID in Call: \(executor) does not match ExecutorID in TaskStatus: \(other)"
        }
        let sender = "Received Call from executor \(executor) of framework \(framework) with invalid"
        if status.source != "SOURCE_EXECUTOR" {
            return "\(sender) source, expecting 'SOURCE_EXECUTOR'"
        }
        if status.state == .staging { return "\(sender) state, 'TASK_STAGING'" }
        return nil
    }
}
