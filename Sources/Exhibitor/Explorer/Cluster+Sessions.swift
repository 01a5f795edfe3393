import EnsembleModel

extension Cluster {
    /// Where the client of a session is connected from; asks our server first, then the others.
    func clientAddress(ofSession session: Int64) async -> String? {
        if let address = ConnectionList.address(of: session, in: await monitor.ask("cons")) { return address }
        let settings = await monitor.settings
        return await withTaskGroup(of: String?.self) { group in
            for host in settings.servers.hostnames where host != settings.hostname {
                group.addTask {
                    guard let answer = try? await peers.get("4ltr/cons", from: host, as: String.self) else { return nil }
                    return ConnectionList.address(of: session, in: answer)
                }
            }
            defer { group.cancelAll() }
            for await address in group where address != nil { return address }
            return nil
        }
    }
}
