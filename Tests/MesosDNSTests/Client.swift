import DNSWire
import Glibc
import NIOCore

@testable import MesosDNS

/// A DNS client on blocking sockets, away from the cooperative pool.
struct Client: Sendable {
    struct Failure: Error { var call: String; var code: Int32 }

    var address: String
    var udp: Int
    var tcp: Int

    init(address: String, udp: Int, tcp: Int) {
        self.address = address
        self.udp = udp
        self.tcp = tcp
    }

    /// Asks until there is a reply: datagrams may be lost.
    func ask(_ query: Message, over transport: Responder.Transport = .udp) async throws -> Message {
        for _ in 0..<5 {
            if let reply = try await askOnce(query, over: transport) { return reply }
        }
        throw Failure(call: "no reply", code: 0)
    }

    func ask(_ text: String, _ type: RecordType = .a) async throws -> Message {
        try await ask(.query(id: .random(in: .min ... .max), try name(text), type))
    }

    func askOnce(_ query: Message, over transport: Responder.Transport = .udp) async throws -> Message? {
        let bytes = query.encoded()
        if transport == .tcp {
            let framed = [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
            return try await stream(framed, replies: 1).first.map { try Message(decoding: $0) }
        }
        return try await blocking {
            let socket = try connected(SOCK_DGRAM, port: udp)
            defer { close(socket) }
            guard Glibc.send(socket, bytes, bytes.count, 0) == bytes.count else { return nil }
            var reply = [UInt8](repeating: 0, count: 65535)
            let count = recv(socket, &reply, reply.count, 0)
            return count > 0 ? try Message(decoding: Array(reply[..<count])) : nil
        }
    }

    /// Sends datagrams without waiting for replies.
    func send(_ packets: [[UInt8]]) async throws {
        try await blocking {
            let socket = try connected(SOCK_DGRAM, port: udp)
            defer { close(socket) }
            for packet in packets { _ = Glibc.send(socket, packet, packet.count, 0) }
        }
    }

    /// Sends bytes over one connection and takes that many framed replies.
    func stream(_ bytes: [UInt8], replies wanted: Int) async throws -> [[UInt8]] {
        try await blocking {
            let socket = try connected(SOCK_STREAM, port: tcp)
            defer { close(socket) }
            guard Glibc.send(socket, bytes, bytes.count, 0) == bytes.count else { throw Failure(call: "send", code: errno) }
            var replies: [[UInt8]] = []
            while replies.count < wanted {
                let head = try read(2, from: socket)
                replies.append(try read(Int(head[0]) << 8 | Int(head[1]), from: socket))
            }
            return replies
        }
    }

    private func read(_ count: Int, from socket: Int32) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: max(1, count))
        while bytes.count < count {
            let got = recv(socket, &part, count - bytes.count, 0)
            guard got > 0 else { throw Failure(call: "recv", code: errno) }
            bytes += part[..<got]
        }
        return bytes
    }

    private func connected(_ type: __socket_type, port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(type.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        var timeout = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var peer = sockaddr_in()
        peer.sin_family = sa_family_t(AF_INET)
        peer.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, address, &peer.sin_addr)
        let result = withUnsafePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw Failure(call: "connect", code: code)
        }
        return descriptor
    }

    private func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        let result = ResultBox<Result>()
        try await DedicatedThread.run { result.set(Swift.Result { try body() }) }
        return try result.get()
    }
}
