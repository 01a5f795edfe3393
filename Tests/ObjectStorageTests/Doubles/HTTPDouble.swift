import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A service on loopback that answers as a test says, and remembers what it was asked.
final class HTTPDouble: Sendable {
    struct Request: Sendable {
        var method: String
        /// As in the request line.
        var path: String
        /// Decoded.
        var query: [String: String]
        var headers: HTTPHeaders
        var body: ByteBuffer

        func header(_ name: String) -> String? { headers.first(name: name) }
    }

    struct Answer: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body = ByteBuffer()
        /// Closes the connection instead of answering.
        var isLost = false

        static func text(_ status: Int, _ text: String, _ headers: [(String, String)] = []) -> Answer {
            Answer(status: status, headers: headers, body: ByteBuffer(string: text))
        }

        static let lost = Answer(isLost: true)
    }

    let endpoint: String
    private let log = Mutex<[Request]>([])

    var requests: [Request] { log.withLock { $0 } }

    private init(port: Int) { endpoint = "http://127.0.0.1:\(port)" }

    /// Runs a service while `body` runs.
    static func serving<Result: Sendable>(
        _ answer: @escaping @Sendable (Request) async -> Answer, _ body: (HTTPDouble) async throws -> Result
    ) async throws -> Result {
        typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>>
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                try channel.pipeline.syncOperations.addHandler(ResponsePartEncoder())
                return try Connection(wrappingChannelSynchronously: channel)
            }
        }
        let double = HTTPDouble(port: server.channel.localAddress?.port ?? 0)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            // A client that goes away in the middle is no failure of the service.
                            group.addTask { try? await double.serve(connection, answer) }
                        }
                    }
                }
            }
            defer { group.cancelAll() }
            return try await body(double)
        }
    }

    private func serve(
        _ connection: NIOAsyncChannel<HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>>,
        _ answer: @Sendable (Request) async -> Answer
    ) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body = ByteBuffer()
            for try await part in inbound {
                switch part {
                case .head(let received): (head, body) = (received, ByteBuffer())
                case .body(var buffer): body.writeBuffer(&buffer)
                case .end:
                    guard let head else { return }
                    let request = Self.request(head, body)
                    log.withLock { $0.append(request) }
                    let answer = await answer(request)
                    if answer.isLost { return }
                    var headers = HTTPHeaders(answer.headers)
                    headers.replaceOrAdd(name: "content-length", value: "\(answer.body.readableBytes)")
                    try await outbound.write(
                        .head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status), headers: headers)))
                    if head.method != .HEAD { try await outbound.write(.body(answer.body)) }
                    try await outbound.write(.end(nil))
                }
            }
        }
    }

    private static func request(_ head: HTTPRequestHead, _ body: ByteBuffer) -> Request {
        let parts = head.uri.split(separator: "?", maxSplits: 1)
        var query: [String: String] = [:]
        for item in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { decode(String($0)) }
            query[pair[0]] = pair.count > 1 ? pair[1] : ""
        }
        return Request(method: head.method.rawValue, path: String(parts.first ?? ""), query: query, headers: head.headers, body: body)
    }

    static func decode(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 0x25, rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Parts with buffers instead of NIO's IO data.
private final class ResponsePartEncoder: ChannelOutboundHandler {
    typealias OutboundIn = HTTPPart<HTTPResponseHead, ByteBuffer>
    typealias OutboundOut = HTTPServerResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let buffer): context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: promise)
        case .end(let trailers): context.write(wrapOutboundOut(.end(trailers)), promise: promise)
        }
    }
}
