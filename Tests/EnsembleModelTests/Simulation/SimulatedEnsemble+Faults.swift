import EnsembleModel

/// What goes wrong, and comes back.
extension SimulatedEnsemble {
    mutating func injectFault() {
        let host = random.below(hosts.count)
        guard !hosts[host].isGone else { return }
        statistics.faults += 1
        lastFault = step
        switch random.below(20) {
        case 0..<4: kill(serverOf: host)
        case 4..<7:
            note("the Exhibitor of \(hosts[host].name) dies")
            hosts[host].exhibitor = nil
        case 7..<10: powerOff(host)
        case 10:
            note("all power is off")
            for host in hosts.indices { powerOff(host) }
        case 11..<14:
            for host in hosts.indices { hosts[host].group = random.below(2) }
            note("partition: \(hosts.map(\.group))")
        case 14..<17:
            hosts[host].reachesStore = false
            note("\(hosts[host].name) loses the store")
        case 17:
            for host in hosts.indices { hosts[host].reachesStore = false }
            note("the store is gone")
        case 18:
            powerOff(host)
            wipe(host)
        default:
            guard hosts.count < 8, hosts.filter({ !$0.isGone }).count > 1 else { return addHostSometimes() }
            powerOff(host)
            hosts[host].isGone = true
            note("\(hosts[host].name) is gone for ever")
            judgeLoner(host)
            judgeDisks()
            addHostSometimes()
        }
    }

    private mutating func addHostSometimes() {
        if hosts.count < 8, random.chance(60) { addHost() }
    }

    private mutating func kill(serverOf host: Int) {
        guard hosts[host].server != nil else { return }
        note("the server of \(hosts[host].name) is killed")
        hosts[host].server = nil
    }

    private mutating func powerOff(_ host: Int) {
        guard hosts[host].isOn else { return }
        note("\(hosts[host].name) is off")
        hosts[host].isOn = false
        hosts[host].server = nil
        hosts[host].exhibitor = nil
    }

    private mutating func wipe(_ host: Int) {
        note("\(hosts[host].name) gets a new disk")
        judgeLoner(host)
        hosts[host].disk = SimulatedDisk()
        judgeDisks()
    }

    mutating func heal() {
        switch random.below(4) {
        case 0: for host in hosts.indices { hosts[host].group = 0 }
        case 1: for host in hosts.indices { hosts[host].reachesStore = true }
        default: for host in hosts.indices where random.chance(60) { switchOn(host) }
        }
    }

    private mutating func switchOn(_ host: Int) {
        guard !hosts[host].isGone else { return }
        hosts[host].isOn = true
        guard hosts[host].exhibitor == nil else { return }
        note("\(hosts[host].name) is on")
        hosts[host].exhibitor = SimulatedExhibitor(hostname: hosts[host].name, saved: hosts[host].disk.saved)
    }

    /// The only disk of a server that runs alone.
    private mutating func judgeLoner(_ host: Int) {
        if newestMembership == nil, hosts[host].disk.ranByList { excuseLoss("the only disk is lost") }
    }

    /// Whether what was acknowledged can still be found.
    mutating func judgeDisks() {
        guard let newestMembership, !isLossExcused else { return }
        if intactVoters.count <= newestMembership.voters.count - newestMembership.majority { excuseLoss("a majority of the disks is lost") }
    }

    /// Voters whose disks hold what they took part in.
    var intactVoters: [String] {
        newestMembership?.voters.filter { voter in
            index(of: voter.hostname).map { !hosts[$0].isGone && hosts[$0].disk.hasData } ?? false
        }.map(\.hostname) ?? []
    }

    mutating func excuseLoss(_ reason: String) {
        note("writes may be lost from here on: \(reason)")
        isLossExcused = true
        acknowledged = []
    }

    /// All faults end; what can be there is there.
    mutating func healAll() {
        faultsAreOver = true
        for host in hosts.indices {
            hosts[host].group = 0
            hosts[host].reachesStore = true
            switchOn(host)
        }
        while hosts.filter({ !$0.isGone }).count < max(setting.size, 1) { addHost() }
        note("the faults are over")
    }
}
