import ClusterState
import FoundationEssentials
import ResourceModel
import ZooKeeper

/// The agent's ephemeral node (contracts/mesos.md §21.3, §21.4 rule 9).
struct LiveRegistration: Sendable {
    let client: ZooKeeperClient
    let hostname: String
    let ip: String
    let bootID: String
    let incarnation: Int
    let version: String

    /// Keeps the node of an agent until cancelled; nothing for nil.
    func keep(_ id: AgentID?, port: LatestValue<Int?>) async {
        guard let id else { return }
        while port.current.value == nil {
            if Task.isCancelled { return }
            await port.changed(since: port.current.version)
        }
        let port = port.current.value ?? 0
        let registration = EphemeralRegistration(
            client: client, path: MesosStatePaths.live(id), firstIncarnation: incarnation,
            payload: { [hostname, ip, bootID, version] incarnation in
                let live = LiveAgent(
                    agent_id: id, pid: "slave(1)@\(ip):\(port)", hostname: hostname, ip: ip, port: port, boot_id: bootID,
                    incarnation: incarnation, version: version)
                return (try? ClusterJSON.encode(live)) ?? Data()
            },
            // The lock of the work directory keeps other processes from using the id.
            isOurs: { data in (try? ClusterJSON.decode(LiveAgent.self, from: data))?.agent_id == id })
        try? await registration.run()
    }
}
