import NIOCore
import NIOPosix

/// Asks a ZooKeeper server a four-letter word: connect, send it, read until the server closes.
public struct FourLetterClient: Sendable {
    /// The whole exchange took longer than allowed: the server accepts connections but hangs, or drops packets.
    public struct TimedOut: Error, Sendable {}

    public let host: String
    public let port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// The raw answer, at most 16 MiB of it.
    /// - timeout: for connecting and answering together.
    /// - Throws: what the connection failed with, or `TimedOut`.
    public func ask(_ word: String, timeout: Duration) async throws -> String {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: String.self)
        let limit = TimeAmount(timeout)
        let deadline = loop.scheduleTask(in: limit) { answer.fail(TimedOut()) }
        let connection = ClientBootstrap(group: loop)
            .connectTimeout(limit)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AnswerCollector(word: word, answer: answer))
                }
            }
            .connect(host: host, port: port)
        connection.whenComplete { result in
            switch result {
            case .failure(let error): answer.fail(error)
            case .success(let channel): answer.futureResult.whenComplete { _ in channel.close(promise: nil) }
            }
        }
        defer { deadline.cancel() }
        return try await answer.futureResult.get()
    }

    /// How the server is, by `srvr`.
    public func probe(timeout: Duration) async -> ProbeResult {
        ProbeResult(answer: try? await ask("srvr", timeout: timeout))
    }
}

/// Sends the word once connected and completes the promise when the server has closed.
private final class AnswerCollector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let limit = 16 * 1024 * 1024

    private let word: String
    private let answer: EventLoopPromise<String>
    private var received = ByteBuffer()

    init(word: String, answer: EventLoopPromise<String>) {
        self.word = word
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: word)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        received.writeBuffer(&part)
        if received.readableBytes > Self.limit { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.succeed(String(buffer: received))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The server may reset the connection right after a complete answer.
        if received.readableBytes > 0 { answer.succeed(String(buffer: received)) } else { answer.fail(error) }
        context.close(promise: nil)
    }
}
