import Glibc
import NIOCore
import NIOPosix
import TaskProcess

/// A control connection to a shim.
struct ShimSession: Sendable {
    enum Ending: Sendable, Hashable {
        case exited(ShimExit)
        case failed(ShimMessage.Step, error: Int32)
        /// The connection broke without a word.
        case disconnected
    }

    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// - descriptor: owned by the session from here on.
    static func adopt(descriptor: Int32) async throws -> ShimSession {
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .withConnectedSocket(descriptor) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            return ShimSession(channel: channel)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Connects to the shim that serves a run directory. The path goes through a descriptor, because a socket address
    /// holds 107 bytes only.
    static func connect(directory: String) async throws -> ShimSession {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure("cannot open \(directory)") }
        defer { close(descriptor) }
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(unixDomainSocketPath: "/proc/self/fd/\(descriptor)/\(ShimFiles.socket)") { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return ShimSession(channel: channel)
    }

    /// Follows the shim until the task has ended or the connection has.
    /// - Parameters:
    ///   - specification: what to run, for a new shim.
    ///   - kills: passed on as they come.
    ///   - started: called for every report that the task runs.
    func follow(
        specification: [UInt8]? = nil, kills: KillRequests, started: @escaping @Sendable (Int32, UInt64) async -> Void
    ) async -> Ending {
        do {
            return try await channel.executeThenClose { inbound, outbound in
                if let specification {
                    try await outbound.write(ByteBuffer(bytes: specification))
                } else {
                    try await outbound.write(ByteBuffer(string: ShimCommand.status.line + "\n"))
                }
                return try await withThrowingTaskGroup(of: Ending?.self) { group in
                    group.addTask {
                        while let grace = await kills.next() {
                            let command = ShimCommand.kill(graceMilliseconds: Self.milliseconds(grace))
                            do {
                                try await outbound.write(ByteBuffer(string: command.line + "\n"))
                            } catch {
                                // For the next connection.
                                kills.request(grace: grace)
                                throw error
                            }
                        }
                        return nil
                    }
                    group.addTask { try await Self.read(inbound, started) }
                    defer { group.cancelAll() }
                    while let ending = try await group.next() {
                        if let ending { return ending }
                    }
                    return .disconnected
                }
            }
        } catch {
            return .disconnected
        }
    }

    private static func read(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ started: @Sendable (Int32, UInt64) async -> Void
    ) async throws -> Ending {
        var pending = ByteBuffer()
        for try await chunk in inbound {
            pending.writeImmutableBuffer(chunk)
            while let end = pending.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                let line = pending.readString(length: end - pending.readerIndex) ?? ""
                pending.moveReaderIndex(forwardBy: 1)
                switch ShimMessage(line: line) {
                case .started(let pid, let startTime): await started(pid, startTime)
                case .failed(let step, let error): return .failed(step, error: error)
                case .exited(let exit): return .exited(exit)
                case nil: continue
                }
            }
            guard pending.readableBytes < 4096 else { return .disconnected }
            pending.discardReadBytes()
        }
        return .disconnected
    }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    }
}
