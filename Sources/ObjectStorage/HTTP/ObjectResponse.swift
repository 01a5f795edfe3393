import NIOCore
import NIOHTTP1

/// An answer with its whole body.
struct ObjectResponse: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: ByteBuffer
    /// How often it had to be asked for; more than once means that an earlier request may have had its effect.
    var attempts: Int

    var isSuccess: Bool { (200..<300).contains(status) }

    func header(_ name: String) -> String? { headers.first(name: name) }

    /// The service's time; ours when it does not tell.
    var time: UTCTime { header("date").flatMap(UTCTime.init(http:)) ?? .now }
}
