import EnsembleTesting
import Exhibitor
import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Platform
import Testing

@testable import ZooKeeperTunnel

/// What goes through a tunnel to a TLS server of the test.
@Suite(.serialized) struct RelayTests {
    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private static let loops = MultiThreadedEventLoopGroup.singleton

    /// - Parameters:
    ///   - serve: the server's side of each connection.
    ///   - body: gets the port of the tunnel.
    private func withTunnel(
        serve:
            @escaping @Sendable (NIOAsyncChannelInboundStream<ByteBuffer>, NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws ->
            Void,
        _ body: (_ port: Int) async throws -> Void
    ) async throws {
        try await TestAuthority.withAuthority { authority in
            let identity = try await authority.issue("server", hosts: ["127.0.0.1"])
            var tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(identity.certificate).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem)))
            tls.minimumTLSVersion = .tlsv12
            let context = try NIOSSLContext(configuration: tls)
            let server = try await ServerBootstrap(group: Self.loops)
                .childChannelOption(.allowRemoteHalfClosure, value: true)
                .bind(host: "127.0.0.1", port: 0) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                        return try Connection(
                            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                    }
                }
            let tunnel = try await ZooKeeperTunnel(configuration: TunnelConfiguration(authorityPath: authority.path))
            let address = try await tunnel.address(of: "127.0.0.1:\(try #require(server.channel.localAddress?.port))")
            let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await server.executeThenClose { connections in
                        try await withThrowingDiscardingTaskGroup { group in
                            for try await connection in connections {
                                group.addTask {
                                    // A connection that the other side cuts is no failure of the test.
                                    try? await connection.executeThenClose { try await serve($0, $1) }
                                }
                            }
                        }
                    }
                }
                try await body(port)
                group.cancelAll()
            }
            await tunnel.close()
        }
    }

    private func connect(_ port: Int) async throws -> Connection {
        try await ClientBootstrap(group: Self.loops)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Connection(wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
    }

    @Test func passesTheEndOfInputOnAndStillBringsTheAnswer() async throws {
        let size = 2 << 20
        try await withTunnel { input, output in
            var count = 0
            var sum: UInt32 = 0
            for try await part in input {
                count += part.readableBytes
                for byte in part.readableBytesView { sum = sum &* 31 &+ UInt32(byte) }
            }
            // Only now that all is read: the other side has ended its output, not the connection.
            try await output.write(ByteBuffer(string: "\(count) \(sum)"))
            output.finish()
        } _: { port in
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
            let expected = bytes.reduce(UInt32(0)) { $0 &* 31 &+ UInt32($1) }
            let answer = try await connect(port).executeThenClose { input, output in
                for start in stride(from: 0, to: size, by: 64 << 10) {
                    try await output.write(ByteBuffer(bytes: bytes[start..<(start + 64 << 10)]))
                }
                output.finish()
                var answer = ByteBuffer()
                for try await var part in input { answer.writeBuffer(&part) }
                return String(buffer: answer)
            }
            #expect(answer == "\(size) \(expected)")
        }
    }

    @Test func takesNoMoreThanTheServerTakes() async throws {
        try await withTunnel { _, _ in
            // Reads nothing until it is cancelled.
            try await Task.sleep(for: .seconds(600))
        } _: { port in
            // What the kernel buffers for four sockets (tcp_rmem goes to 32 MiB on some hosts) is less; a tunnel that reads ahead takes it all.
            let limit = 256 << 20
            let sent = Counter()
            try await connect(port).executeThenClose { _, output in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        let part = ByteBuffer(repeating: 1, count: 64 << 10)
                        while !Task.isCancelled, sent.value < limit, (try? await output.write(part)) != nil {
                            sent.add(part.readableBytes)
                        }
                    }
                    // Until nothing more goes in for a while.
                    var before = -1
                    while sent.value != before || sent.value == 0 {
                        before = sent.value
                        try? await Task.sleep(for: .milliseconds(300))
                    }
                    group.cancelAll()
                }
            }
            #expect(sent.value < limit)
        }
    }

    @Test func otherProcessesOfThisHostDoNotGetThrough() async throws {
        let accepted = Counter()
        try await withTunnel { input, _ in
            accepted.add(1)
            for try await _ in input {}
        } _: { port in
            let log = try TemporaryFile.make()
            defer { unlink(log.path) }
            // It connects, and reads until the other side closes.
            let process = try await ServerThread.run {
                try ProcessLauncher.spawn(
                    ProcessLauncher.Program(
                        path: "/bin/bash", arguments: ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port); cat <&3; echo closed"],
                        environment: ProcessEnvironment.current, output: log.descriptor))
            }
            #expect(await process.waitForExit() == .code(0))
            close(log.descriptor)
            #expect(try String(contentsOfFile: log.path, encoding: .utf8).hasSuffix("closed\n"))
            #expect(accepted.value == 0)
        }
    }
}

private enum TemporaryFile {
    static func make() throws -> (path: String, descriptor: Int32) {
        var template = Array("\(FileManager.default.temporaryDirectory.path)/tunnel-XXXXXX\0".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        return (String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self), descriptor)
    }
}
