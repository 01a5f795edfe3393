/// Decides whether the running server must stop or start again (contracts/exhibitor.md §8, §10, §13.2). Pure; asked at
/// each check, and after each adoption of a shared configuration.
///
/// Guarantees: a change of the list alone restarts nobody who is and stays a member; a server that votes in the running
/// ensemble goes on until the others have agreed that it does not, whatever the list says; a restart for a new
/// configuration, unless the operator wants it everywhere at once, happens only while a majority serves without us.
public struct RestartPlanner: Sendable {
    public enum Decision: Sendable, Hashable {
        case keep
        case restart(String)
        /// Take the lock of the shared configuration, ask once more with fresh answers of the others, restart, and release
        /// the lock when the server serves again or has failed to for the time after which it counts as unhealthy.
        case restartUnderLock(String)
        /// It shall not run; the reason is for the operator.
        case stop(String)
        /// It has to restart, which has to wait.
        case wait(String)
    }

    /// What has changed in the settings since our server was started, its list of members aside.
    public enum Change: Sendable, Hashable {
        case none
        /// Everybody restarts now: the operator chose so.
        case atOnce
        /// One after the other: a turn in a release, or the end of one.
        case oneByOne
    }

    public var hostname: String
    /// The list of the shared configuration, for this host.
    public var wanted: ServerList
    /// The operator imposed members, and this host has not applied them yet.
    public var isImposed: Bool
    /// The id our server runs with; nil: it runs alone.
    public var runningID: Int?
    public var isServing: Bool
    /// What our server takes for the members of its ensemble.
    public var live: Membership?
    public var change: Change
    /// How our server would be started now.
    public var start: StartPlan
    /// The members, ourselves left out, whose servers are in the quorum now.
    public var othersServing: Set<String>

    public init(
        hostname: String, wanted: ServerList, isImposed: Bool = false, runningID: Int?, isServing: Bool, live: Membership?,
        change: Change = .none, start: StartPlan = .keep, othersServing: Set<String> = []
    ) {
        self.hostname = hostname
        self.wanted = wanted
        self.isImposed = isImposed
        self.runningID = runningID
        self.isServing = isServing
        self.live = live
        self.change = change
        self.start = start
        self.othersServing = othersServing
    }

    public var decision: Decision {
        guard let ours = wanted.server(named: hostname) else { return withoutPlace }
        if isImposed {
            switch start {
            case .imposed, .members, .membersWithoutOurData: return .restart("an operator imposed the members")
            case .wait(let reason): return .stop(reason)
            case .standalone, .keep: break
            }
        }
        guard let runningID else {
            switch start {
            case .members, .membersWithoutOurData, .imposed: return .restart("the server ran alone and becomes a member of an ensemble")
            case .wait(let reason): return .wait(reason)
            case .standalone, .keep: break
            }
            return change == .none ? .keep : .restart("its configuration has changed")
        }
        // With members that were only written, and serving nothing: whatever they should have been from the start.
        if !isServing, let live, live.version == 0, case .members(let members) = start, ServerList(members.map(\.spec)) != live.servers {
            return .restart("it would be started with other members now")
        }
        if ours.id != runningID {
            if isMember { return .wait("the ensemble has to release member \(runningID) before this host becomes \(ours.id)") }
            return .restart("this host is member \(ours.id) now")
        }
        switch change {
        case .none: return .keep
        case .atOnce: return .restart("its configuration has changed")
        case .oneByOne: return oneByOne
        }
    }

    /// A server that the list leaves out is still needed for the majority that agrees on leaving it out.
    private var withoutPlace: Decision {
        if wanted.isEmpty { return .keep }
        if runningID != nil, isMember { return .wait("the ensemble has to release this host, which is not in the server list \(wanted)") }
        return .stop("this host (\(hostname)) is not in the server list \(wanted)")
    }

    /// Whether our vote may be needed; an observer's never is.
    private var isMember: Bool {
        guard let member = live?.member(named: hostname) else { return false }
        return member.id == runningID && member.role == .standard
    }

    private var oneByOne: Decision {
        guard isServing, let live, let ours = live.member(named: hostname), ours.role == .standard else {
            return .restart("its configuration has changed")
        }
        // Two or one cannot lose a server without losing the majority.
        guard live.voters.count > 2 else { return .restartUnderLock("its configuration has changed") }
        let others = live.voters.filter { $0.hostname != hostname && othersServing.contains($0.hostname) }.count
        guard others >= live.majority else {
            return .wait("its new configuration has to wait: only \(others) other voters serve, \(live.majority) are needed")
        }
        return .restartUnderLock("its configuration has changed")
    }
}
