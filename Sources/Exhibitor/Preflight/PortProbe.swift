import NIOCore
import NIOPosix

/// Tries whether a port can be connected to, and closes the connection at once.
enum PortProbe {
    static let timeout = TimeAmount.seconds(2)
    /// ECONNREFUSED.
    private static let connectionRefused: CInt = 111

    static func probe(_ host: String, _ port: Int) async -> PreflightMeasurements.Port.Outcome {
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(timeout)
                .connect(host: host, port: port)
                .get()
            channel.close(promise: nil)
            return .open
        } catch let error as NIOConnectionError {
            guard let first = error.connectionErrors.first?.error else { return .failed(reason: "the name is not known") }
            return outcome(of: first)
        } catch {
            return outcome(of: error)
        }
    }

    private static func outcome(of error: any Error) -> PreflightMeasurements.Port.Outcome {
        switch error {
        case ChannelError.connectTimeout: .silent
        case let error as IOError where error.errnoCode == connectionRefused: .refused
        default: .failed(reason: "\(error)")
        }
    }
}
