import AppModel
public import ResourceModel

/// Finds the tasks that an offer can take (contracts/marathon.md §10.3).
///
///     var queue = [LaunchRequest(app: app, count: 3, tasks: placements)]
///     let match = OfferMatcher().match(offer, queue: &queue, using: &random)
///     match.launches      // store, then ACCEPT with `TaskInfoBuilder`'s tasks; empty: DECLINE
///     match.rejections    // per app, for /v2/queue
///
/// Guarantee: all launches of an offer together fit into it, and each keeps its app's constraints, those of the same offer
/// counted.
public struct OfferMatcher: Sendable {
    /// `--default_accepted_resource_roles`: for apps that do not say.
    public var defaultRoles: Set<String>
    /// `--max_tasks_per_offer`.
    public var maxTasksPerOffer: Int

    public init(defaultRoles: Set<String> = ["*"], maxTasksPerOffer: Int = 5) {
        self.defaultRoles = defaultRoles
        self.maxTasksPerOffer = maxTasksPerOffer
    }

    /// Asks the apps in random order for one task each, again and again until none wants or fits any more.
    ///
    /// - queue: what is launched is taken off the counts and added to the placements, so that the next offer goes on from there.
    public func match(_ offer: Offer, queue: inout [LaunchRequest], using random: inout some RandomNumberGenerator) -> OfferMatch {
        var match = OfferMatch(launches: [], rejections: [:], isCutShort: false)
        var pool = OfferPool(offer.resources)
        let place = Placement(hostname: offer.hostname, attributes: offer.attributeTexts)
        var asking = queue.indices.filter { queue[$0].count > 0 }.shuffled(using: &random)
        while !asking.isEmpty {
            // Kept in the order of the last round: an app that matched goes to the end.
            var next: [Int] = []
            for index in asking {
                guard match.launches.count < maxTasksPerOffer else {
                    match.isCutShort = true
                    return match
                }
                switch take(queue[index].app, &queue[index].placements, place, offer, &pool, &random) {
                case .success(let launch):
                    match.launches.append(launch)
                    queue[index].placements.add(place)
                    queue[index].count -= 1
                    if queue[index].count > 0 { next.append(index) }
                case .failure(let rejection): match.rejections[queue[index].app.id] = rejection.reasons
                }
            }
            asking = next
        }
        return match
    }

    private struct Rejection: Error {
        let reasons: [RejectionReason]
    }

    private func take(
        _ app: AppDefinition, _ placements: inout PlacementIndex, _ place: Placement, _ offer: Offer, _ pool: inout OfferPool,
        _ random: inout some RandomNumberGenerator
    ) -> Result<Launch, Rejection> {
        let roles = app.acceptedResourceRoles.map(Set.init) ?? defaultRoles
        guard pool.hasRole(among: roles) else { return .failure(Rejection(reasons: [.unfulfilledRole])) }
        var reasons: [RejectionReason] = []
        // Tasks with volumes launch on reservations made for them, never on an ordinary offer.
        if app.isResident { reasons.append(.noCorrespondingReservation) }
        if !placements.accepts(place) { reasons.append(.unfulfilledConstraint) }
        var rest = pool
        var resources: [Resource] = []
        let scalars: [(String, Double, RejectionReason)] = [
            ("cpus", app.cpus, .insufficientCpus), ("mem", app.mem, .insufficientMemory), ("disk", app.disk, .insufficientDisk),
            ("gpus", Double(app.gpus), .insufficientGpus),
        ]
        for (name, amount, reason) in scalars {
            if let taken = rest.takeScalar(name, amount, roles: roles) { resources += taken } else { reasons.append(reason) }
        }
        let hostPorts = PortAssignment.assign(
            PortAssignment.wishes(of: app), from: rest.ports(roles: roles), using: &random)
        if let hostPorts { resources += rest.takePorts(hostPorts, roles: roles) } else { reasons.append(.insufficientPorts) }
        guard reasons.isEmpty, let hostPorts else { return .failure(Rejection(reasons: reasons)) }
        pool = rest
        let generated = (0..<TaskPorts.generatedCount(for: app)).map { _ in Int.random(in: 1025...65535, using: &random) }
        return .success(
            Launch(
                app: app, agentID: offer.agent_id, placement: place, resources: resources, hostPorts: hostPorts,
                generatedPorts: generated))
    }
}
