import Glibc
import Synchronization

/// A block of loopback addresses `127.a.b.*` that no other test ensemble on this machine uses, so that each server of an
/// ensemble can have the production ports.
///
/// The claim is a listening abstract socket: the kernel gives it up with the process, whatever ends it.
final class AddressReservation: Sendable {
    private let prefix: String
    private let claim: Mutex<Int32?>

    private init(prefix: String, claim: Int32) {
        self.prefix = prefix
        self.claim = Mutex(claim)
    }

    deinit { release() }

    static func take() throws -> AddressReservation {
        for _ in 0..<200 {
            // Away from 127.0.*, where clusters and daemons live.
            let prefix = "127.\(Int.random(in: 64...127)).\(Int.random(in: 1...254))"
            if let claim = claim(prefix) { return AddressReservation(prefix: prefix, claim: claim) }
        }
        throw TestEnsemble.Failure.noFreeAddress
    }

    func address(_ number: Int) -> String { "\(prefix).\(number)" }

    func release() {
        let descriptor = claim.withLock { claim in
            defer { claim = nil }
            return claim
        }
        if let descriptor { close(descriptor) }
    }

    private static func claim(_ prefix: String) -> Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array("test-ensemble-\(prefix)".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            // A leading zero byte: a name without a file.
            for (index, byte) in name.enumerated() { path[index + 1] = byte }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.count)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard bound == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
