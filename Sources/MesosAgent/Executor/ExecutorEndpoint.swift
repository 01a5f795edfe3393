import ClusterState
import FoundationEssentials
import HTTPTypes
import Hummingbird
import MesosHTTP
import MesosProtobuf
import NIOCore
import Platform
import ResourceModel

/// `POST /api/v1/executor`: the checks and answers of contracts/mesos.md §9, in its order.
struct ExecutorEndpoint: Sendable {
    /// Bytes of a call.
    static let bodyLimit = 16 << 20

    let agent: Agent

    func respond(to request: Request) async throws -> Response {
        var request = request
        guard await agent.isRecovered else { throw PlainTextError(.serviceUnavailable, "Agent has not finished recovery") }
        let received = try await CallNegotiation.receive(&request, limit: Self.bodyLimit)
        let call = try MessageBody.decode(ExecutorCall.self, from: received.body, in: received.format, as: "Call")
        if let name = call.unknownEnum { throw MessageBody.unknownEnum(name, in: "Call") }
        if let problem = call.problem { throw PlainTextError(.badRequest, "Failed to validate Executor::Call: \(problem)") }
        guard let framework = call.framework_id, let executor = call.executor_id else { throw PlainTextError(.badRequest) }
        let key = ExecutorKey(framework: framework, executor: executor)
        do {
            guard call.type == .subscribe, let subscribe = call.subscribe else {
                try await agent.call(key, call)
                return Response(status: .accepted)
            }
            let output = try CallNegotiation.answerFormat(for: request)
            let subscription = try await agent.subscribe(key, subscribe)
            return Response(
                status: .ok, headers: [.contentType: output.rawValue], body: stream(subscription, as: output, request))
        } catch let refusal as ExecutorRefusal {
            throw PlainTextError(.init(code: refusal.status), refusal.message)
        }
    }

    /// Lives as long as the subscription: RecordIO, chunked. When the executor closes its side the subscription ends.
    private func stream(_ subscription: Agent.ExecutorSubscription, as format: MessageFormat, _ request: Request) -> ResponseBody {
        ResponseBody { [stream = subscription.stream, lease = subscription.lease] writer in
            // The lease lives exactly as long as this closure: whoever drops the response ends the stream.
            defer { withExtendedLifetime(lease) {} }
            do {
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    for await event in stream.events {
                        try await writer.write(RecordIO.frame(format.encode(event, json: ClusterJSON.encode)))
                    }
                }
            } catch is CancellationError {
                // The executor closed its side.
            }
            try await writer.finish(nil)
        }
    }
}
