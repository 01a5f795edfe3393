import Allocator
import ClusterState
import ResourceModel

// UPDATE_FRAMEWORK: a scheduler changes its FrameworkInfo, its roles and what it suppresses, without subscribing anew
// (contracts/mesos.md §20).
extension MasterStateMachine {
    mutating func updateFramework(_ request: RequestID, _ update: SchedulerCall.Subscribe, framework id: FrameworkID, now: Moment) {
        guard var record = frameworks[id]?.record else { return emit(.reply(request, .bad("Framework cannot be found"))) }
        let info = update.framework_info
        if let problem = refusal(of: info, id: id) { return emit(.reply(request, .bad("Supplied FrameworkInfo is not valid: \(problem)"))) }
        if let problem = Self.problem(withChanging: record.info, to: info) {
            return emit(.reply(request, .bad("FrameworkInfo update is not valid: \(problem)")))
        }
        if let problem = Self.refusal(of: update.suppressed_roles, of: info) {
            return emit(.reply(request, .bad("'UpdateFramework' call is not valid: \(problem)")))
        }
        self.update(&record, with: info)
        record.info.role = info.role
        record.info.roles = info.roles
        commit([.framework(record)], then: .updateFramework(request, record, suppressed: Set(update.suppressed_roles)))
    }

    mutating func updated(_ record: FrameworkRecord, suppressed: Set<String>, _ request: RequestID, now: Moment) {
        emit(.reply(request, .ok))
        let id = record.id
        guard let entry = frameworks[id], !entry.isBeingRemoved, !entry.isOrphan else { return }
        frameworks[id]?.record.info = record.info
        frameworks[id]?.record.name = record.name
        frameworks[id]?.record.hostname = record.hostname
        allocator.setFramework(id, info: record.info, isActive: entry.isConnected, suppressed: suppressed, keepsFilters: true)
        let roles = Set(record.info.allRoles)
        for offer in entry.offers.sorted() {
            guard let role = offers[offer]?.role ?? offers[offer].map({ _ in entry.record.info.role }) else { continue }
            if !roles.contains(role) { rescind(offer) }
        }
        log("framework updated", ["framework": "\(id)", "roles": roles.sorted().joined(separator: " ")])
        publishFramework(id, .frameworkUpdated)
        allocate(now: now)
    }

    private static func problem(withChanging old: FrameworkInfo, to new: FrameworkInfo) -> String? {
        if old.principal != new.principal { return "Updating 'FrameworkInfo.principal' is unsupported" }
        if old.user != new.user { return "Updating 'FrameworkInfo.user' is unsupported" }
        if old.checkpoint != new.checkpoint { return "Updating 'FrameworkInfo.checkpoint' is unsupported" }
        return nil
    }

    /// - suppressed: must be roles of the framework.
    static func refusal(of suppressed: [String], of info: FrameworkInfo) -> String? {
        let foreign = Set(suppressed).subtracting(info.allRoles).sorted()
        return foreign.isEmpty ? nil : "Suppressed roles { \(foreign.joined(separator: ", ")) } are not contained in the set of roles"
    }
}
