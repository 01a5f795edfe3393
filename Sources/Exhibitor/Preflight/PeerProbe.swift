import AsyncHTTPClient
import EnsembleModel
import FoundationEssentials
import NIOCore

/// What can be found out about another member over the network.
struct PeerProbe: Sendable {
    /// What its Exhibitor answers, as far as it matters here.
    private struct Standing: Decodable {
        var state: Int
        var isLeader: Bool
        var serverId: Int?
    }

    let peers: PeerClient
    let settings: ZooKeeperSettings

    /// - includesServerPorts: also the ports of servers among themselves. The server on the other side logs each attempt.
    func measure(_ host: String, includesServerPorts: Bool) async -> PreflightMeasurements.Peer {
        var peer = PreflightMeasurements.Peer(hostname: host)
        let start = Date().timeIntervalSince1970
        guard let answer = try? await peers.answer("state?verbose=true", from: host) else { return peer }
        let end = Date().timeIntervalSince1970
        guard let standing = try? JSONDecoder().decode(Standing.self, from: Data(answer.body.readableBytesView)) else { return peer }
        peer.state = ServerState(rawValue: standing.state)
        peer.isLeader = standing.isLeader
        peer.serverID = standing.serverId
        if let date = answer.date.flatMap({ HTTPDate.seconds($0) }) {
            // The header tells whole seconds of some moment between the two.
            peer.clockOffset = .seconds(Double(date) + 0.5 - (start + end) / 2)
            peer.clockError = .seconds(0.5 + max(0, end - start) / 2)
        }
        peer.ports = await withTaskGroup(of: (Int, PreflightMeasurements.Port).self) { group in
            for (index, port) in ports(includesServerPorts: includesServerPorts, isLeader: standing.isLeader).enumerated() {
                group.addTask {
                    let outcome = await PortProbe.probe(host, port.number)
                    return (index, PreflightMeasurements.Port(purpose: port.purpose, number: port.number, outcome: outcome))
                }
            }
            var ports: [(Int, PreflightMeasurements.Port)] = []
            for await port in group { ports.append(port) }
            return ports.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return peer
    }

    private func ports(
        includesServerPorts: Bool, isLeader: Bool
    ) -> [(purpose: PreflightMeasurements.Port.Purpose, number: Int)] {
        var ports: [(PreflightMeasurements.Port.Purpose, Int)] = []
        // Where the plain port is for the host itself only, others use the one with TLS.
        let isOwn = ExhibitorConfiguration.isLoopback(settings.clientAddress ?? "") && !ExhibitorConfiguration.isLoopback(settings.hostname)
        if !isOwn { ports.append((.client, settings.clientPort)) }
        if let port = settings.tls?.clientPort { ports.append((.secureClient, port)) }
        if includesServerPorts {
            if isLeader { ports.append((.connect, settings.connectPort)) }
            ports.append((.election, settings.electionPort))
        }
        return ports
    }
}
