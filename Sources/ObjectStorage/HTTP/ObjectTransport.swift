import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1

/// Sends requests and tries again what fails in passing.
struct ObjectTransport: Sendable {
    let connections: HTTPConnections
    var policy = RetryPolicy()
    let logger: Logger

    /// Bytes of answers that are not content: listings, errors.
    static let answerLimit = 8 << 20

    /// - Parameters:
    ///   - operation, key: for errors.
    ///   - timeout: of one attempt.
    ///   - limit: bytes of the body.
    ///   - request: makes and signs the request of each attempt.
    /// - Throws: `ObjectStorageError.unreachable`, `tooLarge`, and what `request` throws.
    func send(
        _ operation: String, _ key: String, timeout: TimeAmount = .seconds(10), limit: Int = answerLimit,
        _ request: () async throws -> HTTPClientRequest
    ) async throws -> ObjectResponse {
        try await receive(operation, key, timeout: timeout, request) { response, attempts in
            // Errors are told in full, whatever the caller expects of the content.
            let limit = response.status == .ok ? limit : Self.answerLimit
            do {
                let body = try await response.body.collect(upTo: limit)
                return ObjectResponse(status: Int(response.status.code), headers: response.headers, body: body, attempts: attempts)
            } catch is NIOTooManyBytesError {
                throw ObjectStorageError.tooLarge(key: key, limit: limit)
            }
        }
    }

    /// Like `send`, the body in the hands of the caller. `receive` is called again when the connection breaks while it runs.
    func receive<Value: Sendable>(
        _ operation: String, _ key: String, timeout: TimeAmount, _ request: () async throws -> HTTPClientRequest,
        _ receive: (HTTPClientResponse, _ attempts: Int) async throws -> Value
    ) async throws -> Value {
        var random = SystemRandomNumberGenerator()
        var failures = 0
        while true {
            let reason: String
            do {
                let response = try await connections.client.execute(try await request(), timeout: timeout, logger: nil)
                let status = Int(response.status.code)
                guard RetryPolicy.isPassing(status), failures + 1 < policy.attempts else {
                    return try await receive(response, failures + 1)
                }
                // Emptied so that the connection can be used again.
                _ = try await response.body.collect(upTo: Self.answerLimit)
                reason = "status \(status)"
            } catch let error as ObjectStorageError {
                throw error
            } catch let error as CancellationError {
                throw error
            } catch {
                try Task.checkCancellation()
                reason = "\(error)"
            }
            failures += 1
            guard let pause = policy.pause(after: failures, using: &random) else {
                throw ObjectStorageError.unreachable(operation: operation, key: key, reason: reason)
            }
            logger.debug(
                "trying a request again",
                metadata: ["operation": "\(operation)", "key": "\(key)", "failures": "\(failures)", "reason": "\(reason)"])
            try await Task.sleep(for: pause)
        }
    }
}
