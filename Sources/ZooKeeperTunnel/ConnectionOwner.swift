import Glibc
import NIOCore

/// Tells whether a connection on loopback was made by this very process.
///
/// Every user of the host can connect to a port on loopback, and would speak to the ensemble with our certificate. But
/// the other end of a connection of ours is one of our own descriptors, and no other process can have a socket with the
/// same two addresses.
enum ConnectionOwner {
    private struct End: Equatable {
        var address: String
        var port: Int
    }

    /// - Parameters: the addresses of an accepted IPv4 connection, as seen by the side that accepted it.
    static func isThisProcess(local: SocketAddress?, remote: SocketAddress?) -> Bool {
        guard let local = end(local), let remote = end(remote), let directory = opendir("/proc/self/fd") else { return false }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let descriptor = Int32(name) else { continue }
            if end(descriptor, getsockname) == remote, end(descriptor, getpeername) == local { return true }
        }
        return false
    }

    private static func end(_ address: SocketAddress?) -> End? {
        guard let address, let ip = address.ipAddress, let port = address.port else { return nil }
        return End(address: ip, port: port)
    }

    /// Nil when the descriptor is no IPv4 socket.
    private static func end(
        _ descriptor: Int32, _ get: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> End? {
        // Family (host order), port and address (network order), as in `sockaddr_in`; room for the longest kind of address.
        var raw = [UInt64](repeating: 0, count: 16)
        return raw.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return nil }
            var length = socklen_t(bytes.count)
            guard get(descriptor, start.assumingMemoryBound(to: sockaddr.self), &length) == 0, length >= 8,
                bytes.load(as: UInt16.self) == UInt16(AF_INET)
            else { return nil }
            return End(
                address: bytes[4..<8].map { "\($0)" }.joined(separator: "."),
                port: Int(UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self))))
        }
    }
}
