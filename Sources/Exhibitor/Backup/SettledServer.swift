import EnsembleBackup
import Logging
import ZooKeeper

/// Asks a running server to catch up with the ensemble before its files are copied.
public struct SettledServer: Sendable {
    /// `host:port`.
    public let address: String
    /// For each of the questions.
    public var patience = Duration.seconds(10)

    public init(address: String) {
        self.address = address
    }

    /// Makes the server apply everything that is acknowledged so far.
    /// - Returns: the last transaction it has applied.
    /// - Throws: `BackupError.notServing` when it is not there or in no quorum.
    public func settle() async throws -> Zxid {
        do {
            try await sync()
        } catch {
            throw BackupError.notServing(server: address, reason: "it is not in a quorum: \(error)")
        }
        let answer: String
        do {
            answer = try await client().ask("srvr", timeout: patience)
        } catch {
            throw BackupError.notServing(server: address, reason: "it does not answer: \(error)")
        }
        guard case .serving = ProbeResult(answer: answer) else {
            throw BackupError.notServing(server: address, reason: "it is not in a quorum")
        }
        let line = answer.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Zxid: ") }
        guard let zxid = line.flatMap({ Zxid(hexadecimal: $0.dropFirst(6)) }) else {
            throw BackupError.notServing(server: address, reason: "it does not tell its zxid")
        }
        return zxid
    }

    /// A read of the server may be older than a write that was acknowledged; after this none is.
    private func sync() async throws {
        let client = ZooKeeperClient(
            servers: [address], operationTimeout: patience,
            logger: Logger(label: "zk-backup", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            do {
                try await client.sync("/")
            } catch {
                client.close()
                throw error
            }
            client.close()
            try await group.waitForAll()
        }
    }

    private func client() throws -> FourLetterClient {
        guard let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...]) else {
            throw BackupError.notServing(server: address, reason: "this is no host:port")
        }
        return FourLetterClient(host: String(address[..<colon]), port: port)
    }
}
