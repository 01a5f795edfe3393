import Allocator
import ClusterState
import ResourceModel

// The calls of a subscribed scheduler (contracts/mesos.md §8.4).
extension MasterStateMachine {
    mutating func schedulerCalled(_ request: RequestID, _ call: SchedulerCall, stream: StreamID?, now: Moment) {
        guard isLeading else { return emit(.reply(request, .lostLeadership)) }
        if let refusal = refusal(of: call, stream: stream) { return emit(.reply(request, refusal)) }
        guard let id = call.framework_id, let type = call.type else { return emit(.reply(request, .bad("Framework cannot be found"))) }
        switch type {
        case .teardown:
            metrics.count("messages_unregister_framework")
            return teardown(request, id, now: now)
        case .updateFramework:
            guard let update = call.update_framework else { return emit(.reply(request, Reply(status: 501))) }
            return updateFramework(request, update, framework: id, now: now)
        case .unknown, .subscribe, .acknowledgeOperationStatus, .reconcileOperations:
            return emit(.reply(request, Reply(status: 501)))
        case .accept:
            metrics.count("messages_launch_tasks")
            if let accept = call.accept { self.accept(accept, framework: id, now: now) }
        case .decline:
            metrics.count("messages_decline_offers")
            decline(call.decline?.offer_ids ?? [], call.decline?.filters, framework: id, now: now)
        case .revive:
            metrics.count("messages_revive_offers")
            allocator.revive(id, roles: call.revive?.roles ?? [])
            allocate(now: now)
        case .suppress:
            metrics.count("messages_suppress_offers")
            allocator.suppress(id, roles: call.suppress?.roles ?? [])
        case .kill:
            metrics.count("messages_kill_task")
            if let kill = call.kill { self.kill(kill, framework: id, now: now) }
        case .acknowledge:
            metrics.count("messages_status_update_acknowledgement")
            if let acknowledge = call.acknowledge { acknowledged(acknowledge, framework: id) }
        case .reconcile:
            metrics.count("messages_reconcile_tasks")
            if let reconcile = call.reconcile { self.reconcile(reconcile, framework: id, now: now) }
        case .request: metrics.count("messages_resource_request")
        case .message:
            if let message = call.message { self.message(message, framework: id) }
        case .shutdown:
            if let shutdown = call.shutdown { self.shutdown(shutdown, framework: id) }
        case .acceptInverseOffers:
            metrics.count("messages_accept_inverse_offers")
            if let answer = call.accept_inverse_offers { answerInverseOffers(answer, .accept, framework: id, now: now) }
        case .declineInverseOffers:
            metrics.count("messages_decline_inverse_offers")
            if let answer = call.decline_inverse_offers { answerInverseOffers(answer, .decline, framework: id, now: now) }
        }
        emit(.reply(request, .accepted))
    }

    /// The last checks of contract §8.1, in their order.
    private func refusal(of call: SchedulerCall, stream: StreamID?) -> Reply? {
        guard let id = call.framework_id, let framework = frameworks[id], !framework.isOrphan else {
            return .bad("Framework cannot be found")
        }
        guard let current = framework.stream, !framework.isBeingRemoved else { return .forbidden("Framework is not subscribed") }
        guard let stream else { return .bad("All non-subscribe calls should include the 'Mesos-Stream-Id' header") }
        guard stream == current else {
            return .bad(
                "The stream ID included in this request didn't match the stream ID currently associated with framework ID '\(id)'")
        }
        return nil
    }
}
