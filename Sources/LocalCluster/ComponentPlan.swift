/// One process of a local cluster: how it is started, and how to see that it is ready.
public struct ComponentPlan: Sendable, Hashable {
    /// How readiness is seen.
    public struct Probe: Sendable, Hashable {
        /// Answers 200 when ready.
        public var url: String
        /// Must be in the body as well, when given.
        public var contains: String?
    }

    /// E.g. `m1-mesos-master`; names its log file.
    public var name: String
    /// `m1`, `a2`.
    public var node: String
    /// The subcommand of `dcosd`.
    public var component: String
    /// After the subcommand.
    public var arguments: [String]
    /// `address:port` that must be free before it starts.
    public var listens: [String]
    public var probe: Probe
    /// It is started when all of these are ready.
    public var after: [String]
}

extension ClusterLayout {
    /// Every component of the cluster in starting order.
    public func components(in directory: ClusterDirectory, assets: String, taskShim: String) -> [ComponentPlan] {
        var plan: [ComponentPlan] = []
        let ensemble = masterAddresses.enumerated().map { "\($0.offset + 1):\($0.element)" }.joined(separator: ",")
        for (index, address) in masterAddresses.enumerated() {
            let node = "m\(index + 1)"
            let data = directory.data(of: node)
            plan.append(
                ComponentPlan(
                    name: "\(node)-exhibitor", node: node, component: "exhibitor",
                    arguments: [
                        "--hostname", address, "--port", "8181", "--configtype", "static", "--staticensemble", ensemble,
                        "--state-dir", "\(data)/exhibitor", "--assets", assets, "--zk-heap-mb", masters == 1 ? "256" : "192",
                        // Its own AdminServer on its own address; and in a local cluster the server ends with its manager.
                        "--zk-stop-on-exit",
                    ],
                    listens: ["\(address):8181", "\(address):2181", "\(address):2888", "\(address):3888"],
                    probe: .init(url: "http://\(address):8181/exhibitor/v1/cluster/state", contains: "\"serving\""), after: []))
        }
        let ensembleUp = plan.map(\.name)
        for (index, address) in masterAddresses.enumerated() {
            let node = "m\(index + 1)"
            let data = directory.data(of: node)
            plan.append(
                ComponentPlan(
                    name: "\(node)-mesos-master", node: node, component: "mesos-master",
                    arguments: [
                        "--zk=\(zooKeeperURL("/mesos"))", "--ip=\(address)", "--hostname=\(address)", "--port=5050",
                        "--work_dir=\(data)/mesos-master",
                    ] + (sessionTimeout.map { ["--zk_session_timeout=\($0)secs"] } ?? []),
                    listens: ["\(address):5050"], probe: .init(url: "http://\(address):5050/health"), after: ensembleUp))
        }
        let mastersUp = plan.map(\.name)
        for (index, address) in masterAddresses.enumerated() {
            let node = "m\(index + 1)"
            plan.append(
                ComponentPlan(
                    name: "\(node)-marathon", node: node, component: "marathon",
                    arguments: [
                        "--zk", zooKeeperURL("/marathon"), "--master", zooKeeperURL("/mesos"), "--hostname", address,
                        "--http_address", address, "--http_port", "8080",
                    ] + (sessionTimeout.map { ["--zk_session_timeout", "\($0 * 1000)"] } ?? []),
                    listens: ["\(address):8080"], probe: .init(url: "http://\(address):8080/ping"), after: mastersUp))
            plan.append(
                ComponentPlan(
                    name: "\(node)-mesos-dns", node: node, component: "mesos-dns",
                    arguments: [
                        "--zk", zooKeeperURL("/mesos"), "--listener", address, "--port", "61053", "--http-port", "8123",
                    ],
                    listens: ["\(address):61053", "\(address):8123"], probe: .init(url: "http://\(address):8123/v1/version"),
                    after: mastersUp))
        }
        for (index, address) in agentAddresses.enumerated() {
            let node = "a\(index + 1)"
            plan.append(
                ComponentPlan(
                    name: "\(node)-mesos-agent", node: node, component: "mesos-agent",
                    arguments: [
                        "--master=\(zooKeeperURL("/mesos"))", "--ip=\(address)", "--hostname=\(address)", "--port=5051",
                        "--work_dir=\(directory.data(of: node))/mesos-agent", "--task_shim=\(taskShim)",
                        // Every agent of one machine offers ports of its own, so that host-network tasks do not collide.
                        "--resources=ports:[\(31000 + index * 100)-\(31099 + index * 100)]",
                    ],
                    listens: ["\(address):5051"], probe: .init(url: "http://\(address):5051/health"), after: mastersUp))
        }
        return plan
    }
}
