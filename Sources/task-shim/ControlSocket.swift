import CLinux
import Glibc
import TaskProcess

/// The unix socket where an agent finds its task again.
struct ControlListener {
    let descriptor: Int32

    init?(path: String) {
        unlink(path)
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            for (index, byte) in path.utf8.prefix(target.count - 1).enumerated() { target[index] = byte }
        }
        let mask = umask(0o177)
        defer { umask(mask) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(descriptor, 8) == 0 else {
            let error = errno
            close(descriptor)
            errno = error
            return nil
        }
    }

    /// The next caller, if it has the right to give commands: root or our own user.
    func accept() -> ControlConnection? {
        let caller = clinux_accept_trusted(descriptor)
        guard caller >= 0 else { return nil }
        return ControlConnection(descriptor: caller)
    }
}

/// One caller: lines in both directions.
struct ControlConnection {
    enum Input {
        case commands([ShimCommand])
        case ended
    }

    let descriptor: Int32
    private var pending: [UInt8] = []

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Waits for the specification; nil when the caller goes away, is silent for 10 s or sends what is none.
    func readSpecification() -> ShimSpecification? {
        guard let header = read(exactly: 4), let length = ShimSpecification.bodyLength(header), let body = read(exactly: length)
        else { return nil }
        return ShimSpecification(body: body)
    }

    private func read(exactly count: Int) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        var buffer = [UInt8](repeating: 0, count: min(max(count, 1), 65536))
        while result.count < count {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, 10_000)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return nil }
            let received = recv(descriptor, &buffer, min(buffer.count, count - result.count), Int32(MSG_DONTWAIT))
            if received < 0, errno == EINTR || errno == EAGAIN { continue }
            guard received > 0 else { return nil }
            result.append(contentsOf: buffer[..<received])
        }
        return result
    }

    /// What has arrived. A caller that sends no line within 4 KiB is cut off.
    mutating func receive() -> Input {
        var buffer = [UInt8](repeating: 0, count: 1024)
        let received = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if received < 0, errno == EINTR || errno == EAGAIN { return .commands([]) }
        guard received > 0, pending.count < 4096 else { return .ended }
        pending.append(contentsOf: buffer[..<received])
        var commands: [ShimCommand] = []
        while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
            if let command = ShimCommand(line: String(decoding: pending[..<end], as: UTF8.self)) { commands.append(command) }
            pending.removeSubrange(...end)
        }
        return .commands(commands)
    }

    /// Never waits: a caller that does not read loses messages, and asks again.
    func send(_ message: ShimMessage) {
        let line = Array((message.line + "\n").utf8)
        _ = Glibc.send(descriptor, line, line.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
    }
}
