import EnsembleModel

/// What an operator does, sensibly or not.
extension SimulatedEnsemble {
    mutating func operate() {
        if let lock, lock.until > now { return }
        guard let host = hosts.indices.filter({ reachesStore($0) && hosts[$0].exhibitor != nil }).randomElement(using: &random) else {
            return
        }
        poll(host)
        if stored.release != nil {
            endRelease(by: host)
        } else if isBeyondHelp {
            if random.chance(50) { impose(by: host) }
        } else {
            change(by: host)
        }
    }

    private mutating func endRelease(by host: Int) {
        guard let release = stored.release, random.chance(40) else { return }
        var collection = stored
        if random.chance(25), !isBroken(release.target) {
            note("the operator commits the release by force")
            collection.current = release.target
        } else {
            note("the operator takes the release back")
        }
        collection.release = nil
        store(collection, replacing: storedVersion, by: host)
    }

    private func isBroken(_ configuration: InstanceConfiguration) -> Bool { configuration.zooCfgExtra.contains { $0.key == "broken" } }

    /// No quorum can come back, whatever returns.
    var isBeyondHelp: Bool {
        if let newestMembership { return intactVoters.count < newestMembership.majority }
        if let imposed = stored.imposedServers {
            let left = imposed.hostnames.filter { name in
                hosts.contains { $0.name == name && !$0.isGone && ($0.disk.hasData || !stored.isFormed) }
            }
            return left.count <= imposed.servers.count / 2
        }
        return stored.isFormed
            && !hosts.contains { !$0.isGone && $0.disk.hasData && stored.current.servers.server(named: $0.name) != nil }
    }

    /// The members that are left with their data are imposed, the rest of the list joins them.
    private mutating func impose(by host: Int) {
        let living = hosts.filter { !$0.isGone }
        var list = ServerList(stored.current.servers.servers.filter { server in living.contains { $0.name == server.hostname } })
        var next = stored.highestID
        func add(_ name: String) {
            guard list.server(named: name) == nil else { return }
            let id = newestMembership?.member(named: name)?.id
            next += 1
            list.servers.append(
                ServerSpec(id: id.flatMap { id in list.servers.contains { $0.id == id } ? nil : id } ?? next, hostname: name))
        }
        let survivors = living.filter(\.disk.hasData).map(\.name).filter { name in
            newestMembership?.member(named: name) != nil || list.server(named: name) != nil
        }
        for name in survivors { add(name) }
        if list.isEmpty, let first = living.first { add(first.name) }
        for index in list.servers.indices { list.servers[index].role = .standard }
        excuseLoss("the operator imposes \(list), \(survivors) have data")
        statistics.impositions += 1
        newestMembership = nil
        var collection = stored
        collection.current.servers = list
        collection.imposedServers = survivors.isEmpty ? list : ServerList(list.servers.filter { survivors.contains($0.hostname) })
        collection.isFormed = false
        collection.release = nil
        store(collection, replacing: storedVersion, by: host)
    }

    private mutating func change(by host: Int) {
        var collection = stored
        var target = stored.current
        let what = random.below(10)
        if what < 4 {
            target.zooCfgExtra.removeAll { $0.key == "number" }
            target.zooCfgExtra.append(ConfigurationLine("number", "\(nextConfigurationNumber)"))
            nextConfigurationNumber += 1
        }
        if what >= 3 { target.servers = changedList(stored.current.servers) }
        guard isAllowed(target.servers) else { return }
        let isRolling = random.chance(60)
        if isRolling {
            guard !target.servers.isEmpty else { return }
            if what < 3, random.chance(30) { target.zooCfgExtra.append(ConfigurationLine("broken", "1")) }
            let leader = hosts.first { $0.server?.role == .leading && $0.server?.isUpToDate == true }?.name
            collection.release = .init(
                target: target, hosts: RollingRelease.order(from: collection.current.servers, to: target.servers, leader: leader))
            statistics.releases += 1
        } else {
            collection.current = target
        }
        guard collection != stored else { return }
        note("the operator changes the configuration\(isRolling ? ", rolling" : "")")
        store(collection, replacing: storedVersion, by: host)
    }

    private mutating func changedList(_ old: ServerList) -> ServerList {
        var list = old
        let next = stored.highestID + 1
        if list.isEmpty {
            return setting.automatic
                ? list
                : ServerList(hosts.filter { !$0.isGone }.enumerated().map { ServerSpec(id: $0.offset + 1, hostname: $0.element.name) })
        }
        let chosen = random.below(list.servers.count)
        switch random.below(6) {
        case 0, 1:
            guard let host = hosts.filter({ !$0.isGone && list.server(named: $0.name) == nil }).randomElement(using: &random) else { break }
            list.servers.append(ServerSpec(id: next, hostname: host.name, role: random.chance(20) ? .observer : .standard))
        case 2: list.servers.remove(at: chosen)
        case 3: list.servers[chosen].role = list.servers[chosen].role == .standard ? .observer : .standard
        case 4:
            // Before there is an ensemble nobody could release the old id.
            if newestMembership != nil { list.servers[chosen].id = next }
        default:
            guard let host = hosts.filter({ !$0.isGone && list.server(named: $0.name) == nil }).randomElement(using: &random) else { break }
            list.servers[chosen].hostname = host.name
        }
        return list
    }

    /// A list has to keep so many of the members that are that one of them has every write.
    private func isAllowed(_ list: ServerList) -> Bool {
        guard list != stored.current.servers else { return true }
        guard !list.voters.isEmpty else { return false }
        if let newestMembership { return newestMembership.mayBecome(list) }
        // Without a quorum a change of the list is another imposition.
        if let imposed = stored.imposedServers { return imposed.servers.allSatisfy { list.servers.contains($0) } }
        let alone = hosts.filter { !$0.isGone && $0.disk.ranStandalone && stored.current.servers.server(named: $0.name) != nil }.map(\.name)
        return alone.isEmpty || list.voters.contains { alone.contains($0.hostname) }
    }

    // MARK: - The end

    /// What an operator has to do after the faults, every few rounds.
    mutating func repair(round: Int) {
        guard let host = hosts.indices.first(where: { reachesStore($0) && hosts[$0].exhibitor != nil }) else { return }
        if let lock, lock.until > now { return }
        poll(host)
        if isBeyondHelp || (round == 100 && newestMembership == nil && stored.current.servers.servers.count > 1) { return impose(by: host) }
        if round >= 20 { chooseData() }
        guard stored.release == nil else { return }
        var collection = stored
        collection.current.zooCfgExtra.removeAll { $0.key == "broken" }
        if stored.current.servers.isEmpty, !setting.automatic {
            collection.current.servers = changedList(stored.current.servers)
        }
        if round > 60 {
            let gone = stored.current.servers.servers.filter { server in index(of: server.hostname).map { hosts[$0].isGone } ?? true }
            var list = ServerList(stored.current.servers.servers.filter { !gone.contains($0) })
            if list.voters.isEmpty || !isAllowed(list), let newestMembership {
                list = ServerList(newestMembership.members.map(\.spec).filter { index(of: $0.hostname).map { !hosts[$0].isGone } ?? false })
            }
            if list.voters.isEmpty {
                list = ServerList(hosts.filter { !$0.isGone }.prefix(1).map { ServerSpec(id: 99, hostname: $0.name) })
            }
            if isAllowed(list) { collection.current.servers = list }
        }
        if collection != stored { store(collection, replacing: storedVersion, by: host) }
    }

    /// Of several servers that ran alone one keeps its data; the log asks for that.
    private mutating func chooseData() {
        let alone = hosts.indices.filter {
            !hosts[$0].isGone && hosts[$0].disk.ranStandalone && hosts[$0].disk.hasData
                && stored.current.servers.server(named: hosts[$0].name) != nil
        }
        guard alone.count > 1, let kept = alone.first(where: { hosts[$0].disk.ranByList }) ?? alone.first else { return }
        for host in alone where host != kept {
            note("the operator moves the data of \(hosts[host].name) away")
            hosts[host].server = nil
            hosts[host].disk = SimulatedDisk()
        }
    }

    /// Why the ensemble is not what its list says; nil: it is.
    var lack: String? {
        let list = stored.current.servers
        if stored.release != nil { return "a release rolls" }
        if list.isEmpty { return "there is no list" }
        for server in list.servers {
            guard let host = index(of: server.hostname), !hosts[host].isGone else { return "\(server) is gone" }
            guard let running = hosts[host].server else { return "\(server) does not run" }
            guard running.isServing else { return "\(server) does not serve" }
            guard !stored.current.needsRestart(from: running.configuration) else { return "\(server) has an old configuration" }
            if running.role == .standalone {
                guard list.servers.count == 1 else { return "\(server) is alone" }
            } else {
                guard hosts[host].disk.membership?.servers == list else {
                    return "\(server) is in \(hosts[host].disk.membership?.servers.description ?? "nothing")"
                }
            }
        }
        for host in hosts where host.server != nil && list.server(named: host.name) == nil { return "\(host.name) still runs" }
        return nil
    }
}
