import ClusterState
internal import FoundationEssentials
import HTTPTypes
import Hummingbird
import MesosHTTP
import MesosProtobuf
import NIOCore
import Platform
import ResourceModel

/// `POST /api/v1/scheduler`: the transport's checks in their order (contracts/mesos.md §8.1); what needs the master's state
/// follows in the state machine.
struct SchedulerEndpoint: Sendable {
    let master: Master

    private static let streamHeader = HTTPField.Name("Mesos-Stream-Id")

    func respond(to request: Request) async throws -> Response {
        var request = request
        guard request.method == .post else { throw PlainTextError.method(request.method) }
        guard let type = request.headers[.contentType] else {
            throw PlainTextError(.badRequest, "Expecting 'Content-Type' to be present")
        }
        guard let format = MessageFormat(contentType: type) else {
            throw PlainTextError(.unsupportedMediaType, "Expecting 'Content-Type' of application/json or application/x-protobuf")
        }
        let received: ByteBuffer
        do {
            received = try await request.collectBody(upTo: MasterResponder.bodyLimit)
        } catch is NIOTooManyBytesError {
            throw PlainTextError(.contentTooLarge, "The call exceeds \(MasterResponder.bodyLimit) bytes")
        }
        let call = try MessageBody.decode(SchedulerCall.self, from: received, in: format, as: "Call")
        if let name = call.unknownEnum { throw MessageBody.unknownEnum(name, in: "Call") }
        if let problem = call.problem { throw PlainTextError(.badRequest, "Failed to validate scheduler::Call: \(problem)") }
        let stream = Self.streamHeader.flatMap { request.headers[$0] }
        guard call.type == .subscribe, let subscribe = call.subscribe else {
            let reply = try await master.call(call, stream: stream).response()
            // Only that call tells its outcome by the status.
            return Response(status: call.type == .updateFramework ? reply.status : .accepted)
        }
        let accept = request.headers[.accept]
        guard let answer = MessageFormat.preferred(accepts: { MediaType.accepts($0, accept) }) else {
            throw PlainTextError(.notAcceptable, "Expecting 'Accept' to allow application/json or application/x-protobuf")
        }
        if stream != nil {
            throw PlainTextError(.badRequest, "Subscribe calls should not include the 'Mesos-Stream-Id' header")
        }
        let id = call.framework_id.flatMap { $0.value.isEmpty ? nil : $0 }
        let (name, events, lease) = await master.subscribeScheduler(id, subscribe)
        var headers: HTTPFields = [.contentType: answer.rawValue]
        if let header = Self.streamHeader { headers[header] = name }
        let body = StreamBody.make(events, lease, of: request) { try answer.encode($0, json: ClusterJSON.encode) }
        return Response(status: .ok, headers: headers, body: body)
    }
}

extension SchedulerCall {
    /// What is missing in the message, or nil (contract §8.1, "validation").
    var problem: String? {
        guard let type else { return "Expecting 'type' to be present" }
        func missing(_ field: String) -> String { "Expecting '\(field)' to be present" }
        if type == .subscribe {
            guard let subscribe else { return missing("subscribe") }
            if let id = framework_id ?? subscribe.framework_info.id, id != subscribe.framework_info.id {
                return "'framework_id' differs from 'subscribe.framework_info.id'"
            }
            return nil
        }
        if type == .unknown { return nil }
        guard framework_id != nil else { return missing("framework_id") }
        switch type {
        case .accept: return accept == nil ? missing("accept") : nil
        case .decline: return decline == nil ? missing("decline") : nil
        case .kill: return kill == nil ? missing("kill") : nil
        case .shutdown: return shutdown == nil ? missing("shutdown") : nil
        case .acceptInverseOffers: return accept_inverse_offers == nil ? missing("accept_inverse_offers") : nil
        case .declineInverseOffers: return decline_inverse_offers == nil ? missing("decline_inverse_offers") : nil
        case .acknowledge:
            guard let acknowledge else { return missing("acknowledge") }
            return Self.isUUID(acknowledge.uuid) ? nil : "Not a valid UUID"
        case .reconcile: return reconcile == nil ? missing("reconcile") : nil
        case .message: return message == nil ? missing("message") : nil
        case .updateFramework:
            guard let update = update_framework else { return missing("update_framework") }
            return update.framework_info.id == framework_id
                ? nil : "'framework_id' differs from 'update_framework.framework_info.id'"
        case .subscribe, .teardown, .revive, .suppress, .request, .unknown, .acknowledgeOperationStatus, .reconcileOperations: return nil
        }
    }

    /// 16 bytes in base64 whose version nibble is 1 to 5 (contract §3.4).
    static func isUUID(_ text: String) -> Bool {
        guard let bytes = Data(base64Encoded: text), bytes.count == 16 else { return false }
        return (1...5).contains(bytes[6] >> 4)
    }
}
