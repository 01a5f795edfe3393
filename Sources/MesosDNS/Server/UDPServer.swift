import CLinux
import DNSWire
import Glibc
import Logging

/// Answers over UDP on a thread of its own: up to 64 datagrams are taken, answered from one snapshot and sent with one
/// system call each way, without an allocation per query (contracts/dns-networking.md §11).
final class UDPServer: Sendable {
    struct CannotListen: Error, CustomStringConvertible {
        let address: String
        let code: Int32
        var description: String { "cannot listen on \(address)/udp: error \(code)" }
    }

    /// A query for a name outside the zone and how to answer it.
    struct ForeignQuery: Sendable {
        var packet: [UInt8]
        var client: clinux_udp_peer
        fileprivate var server: UDPServer

        /// Sends the reply to the client; any thread may call it.
        func answer(_ reply: [UInt8]) {
            reply.withUnsafeBufferPointer { bytes in
                _ = clinux_udp_send_to(server.socket, client, bytes.baseAddress, bytes.count)
            }
        }
    }

    private static let batchSize: UInt32 = 64
    private static let receiveSize = 4096
    private static let receiveBuffer: Int32 = 4 << 20

    let port: Int
    private let socket: Int32
    private let publication: ZonePublication
    private let policy: Responder.Policy
    private let forward: @Sendable (ForeignQuery) -> Void
    private let logger: Logger

    /// Binds at once; the socket lives as long as the server.
    /// - sharesPort: several servers divide the clients of one port among them.
    init(
        address: String, port: Int, sharesPort: Bool, publication: ZonePublication, policy: Responder.Policy, logger: Logger,
        forward: @escaping @Sendable (ForeignQuery) -> Void
    ) throws {
        let socket = clinux_udp_open(address, UInt16(clamping: port), sharesPort ? 1 : 0, UDPServer.receiveBuffer)
        guard socket >= 0 else { throw CannotListen(address: "\(address):\(port)", code: -socket) }
        self.socket = socket
        self.port = Int(clinux_udp_port(socket))
        self.publication = publication
        self.policy = policy
        self.forward = forward
        self.logger = logger
    }

    deinit { _ = close(socket) }

    /// Until the task is cancelled.
    func run() async throws {
        try await withTaskCancellationHandler {
            try await DedicatedThread.run { self.serve() }
        } onCancel: {
            clinux_udp_shutdown(socket)
        }
    }

    private func serve() {
        guard let batch = clinux_udp_batch_create(UDPServer.batchSize, UDPServer.receiveSize, Responder.payloadSize) else {
            logger.critical("no memory for datagrams")
            return
        }
        defer { clinux_udp_batch_destroy(batch) }
        var responder = Responder(policy: policy)
        while true {
            let count = clinux_udp_receive(socket, batch)
            if count == 0 { return }
            if count < 0 {
                logger.error("cannot receive datagrams", metadata: ["errno": "\(-count)"])
                return
            }
            let zone = publication.current
            for index in 0..<UInt32(count) {
                var length = 0
                guard let bytes = clinux_udp_packet(batch, index, &length), let reply = clinux_udp_reply(batch, index) else { continue }
                let packet = UnsafeRawBufferPointer(start: bytes, count: length)
                let out = UnsafeMutableRawBufferPointer(start: reply, count: Responder.payloadSize)
                switch responder.respond(to: packet, in: zone, over: .udp, into: out) {
                case .drop: break
                case .reply(let length): clinux_udp_set_reply(batch, index, length)
                case .forward:
                    forward(ForeignQuery(packet: Array(packet), client: clinux_udp_peer_of(batch, index), server: self))
                }
            }
            clinux_udp_send(socket, batch)
        }
    }
}
