import Hummingbird
import MesosHTTP
import NIOCore
import Platform
import ResourceModel

/// The master's side of the protocol with agents (ResourceModel/AgentLink.swift).
struct AgentLinkEndpoint: Sendable {
    let master: Master

    /// `POST /agent-link/subscribe`.
    func subscribe(_ request: Request) async throws -> Response {
        var request = request
        guard request.method == .post else { throw PlainTextError.method(request.method) }
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: MasterResponder.bodyLimit)
        } catch is NIOTooManyBytesError {
            throw PlainTextError(.contentTooLarge, "The registration exceeds \(MasterResponder.bodyLimit) bytes")
        }
        let registration = try MessageBody.decode(AgentRegistration.self, from: body, as: "AgentRegistration")
        if let problem = registration.problem { throw PlainTextError(.badRequest, problem) }
        let (commands, lease) = await master.subscribeAgent(registration)
        return Response(status: .ok, headers: [.contentType: "application/json"], body: StreamBody.make(commands, lease, of: request))
    }

    /// `POST /agent-link/report`.
    func report(_ request: Request) async throws -> Response {
        guard request.method == .post else { throw PlainTextError.method(request.method) }
        let body = try await HTTPServing.collectBody(of: request, limit: MasterResponder.bodyLimit)
        let report = try MessageBody.decode(AgentReport.self, from: body, as: "AgentReport")
        return try await master.report(report).response()
    }
}

extension AgentRegistration {
    /// Why it cannot be admitted, or nil.
    var problem: String? {
        if AgentAddress(pid: pid) == nil { return "Invalid pid '\(pid)'; expected slave(1)@<ip>:<port>" }
        for resource in agent_info.resources {
            if let problem = resource.invalidity { return "Invalid resources: \(problem)" }
        }
        return nil
    }
}
