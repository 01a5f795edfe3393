import ClusterState
internal import FoundationEssentials
import HTTPTypes
import Hummingbird
import MesosHTTP
import NIOCore
import Platform
import ResourceModel

/// The v0 endpoints by which operators change the cluster (contracts/mesos.md §4.6 to §4.9): what can be said of a request
/// without the master's state is said here, the rest in the state machine.
struct ChangeEndpoints: Sendable {
    let master: Master

    func respond(_ route: MasterRoute, to request: Request) async throws -> Response {
        switch route.endpoint {
        case .teardown:
            let id = try await form(of: request).required("frameworkId")
            return try await master.teardown(FrameworkID(id)).response()
        case .reserve: return try await onAgent(request, "resources") { .reserve($0, $1) }
        case .unreserve: return try await onAgent(request, "resources") { .unreserve($0, $1) }
        case .createVolumes: return try await onAgent(request, "volumes") { .createVolumes($0, $1) }
        case .destroyVolumes: return try await onAgent(request, "volumes") { .destroyVolumes($0, $1) }
        case .quota: return try await quota(route, request)
        case .weights: return try await weights(request)
        case .maintenanceSchedule: return try await schedule(request)
        case .maintenanceStatus:
            try Self.require([.get], request)
            return json(await view().maintenanceStatus, request)
        case .machineDown: return try await change(.machinesDown(try await machines(request)))
        case .machineUp: return try await change(.machinesUp(try await machines(request)))
        default: throw PlainTextError(.notFound)
        }
    }

    private func change(_ change: OperatorRequest) async throws -> Response {
        try await master.change(change, principal: nil).response()
    }

    private func view() async -> OperatorView { OperatorView(machine: await master.snapshot().machine) }

    // MARK: Reservations and volumes

    private func onAgent(
        _ request: Request, _ list: String, _ make: (AgentID, [Resource]) -> OperatorRequest
    ) async throws -> Response {
        let form = try await form(of: request)
        let agent = try form.required("slaveId")
        let text = try form.required(list)
        let resources: [Resource]
        do {
            resources = try JSONDecoder().decode([Resource].self, from: Data(text.utf8))
        } catch {
            throw PlainTextError(.badRequest, "Error in parsing '\(list)' query parameter: \(MessageBody.reason(error))")
        }
        for resource in resources {
            if let problem = resource.invalidity {
                throw PlainTextError(.badRequest, "Error in parsing '\(list)' query parameter: \(problem)")
            }
        }
        return try await change(make(AgentID(agent), resources))
    }

    private func form(of request: Request) async throws -> FormValues {
        try Self.require([.post], request)
        return FormValues(String(buffer: try await HTTPServing.collectBody(of: request, limit: MasterResponder.bodyLimit)))
    }

    // MARK: Roles

    private func quota(_ route: MasterRoute, _ request: Request) async throws -> Response {
        try Self.require([.get, .post, .delete], request)
        switch request.method {
        case .get: return json(await view().quotas, request)
        case .delete:
            guard route.rest.count == 1, let role = route.rest.first else {
                throw PlainTextError(
                    .badRequest,
                    "Failed to parse request path '\(request.uri.path)': 3 tokens ('master', 'quota', 'role') required, found \(route.rest.count + 2) token(s)"
                )
            }
            return try await change(.removeQuota(role: role))
        default:
            return try await change(.setQuota(try await decoded(QuotaRequest.self, request, as: "set quota request JSON")))
        }
    }

    private func weights(_ request: Request) async throws -> Response {
        try Self.require([.get, .put], request)
        guard request.method == .put else { return json(await view().weights, request) }
        return try await change(.setWeights(try await decoded([WeightInfo].self, request, as: "update weights request JSON")))
    }

    // MARK: Maintenance

    private func schedule(_ request: Request) async throws -> Response {
        try Self.require([.get, .post], request)
        guard request.method == .post else { return json(await view().schedule, request) }
        return try await change(.setSchedule(try await decoded(MaintenanceSchedule.self, request, as: "maintenance schedule")))
    }

    private func machines(_ request: Request) async throws -> [MachineID] {
        try Self.require([.post], request)
        return try await decoded([MachineID].self, request, as: "machines")
    }

    // MARK: Parts

    private static func require(_ methods: [HTTPRequest.Method], _ request: Request) throws {
        guard methods.contains(request.method) else { throw PlainTextError.method(request.method, allowed: methods) }
    }

    private func decoded<Message: Decodable>(_ type: Message.Type, _ request: Request, as name: String) async throws -> Message {
        let body = try await HTTPServing.collectBody(of: request, limit: MasterResponder.bodyLimit)
        do {
            return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
        } catch {
            throw PlainTextError(.badRequest, "Failed to parse \(name): \(MessageBody.reason(error))")
        }
    }

    private func json(_ value: some Encodable, _ request: Request) -> Response {
        var json = JSONText()
        json.message(value)
        return JSONResponse.answer(ByteBuffer(bytes: json.bytes), to: request)
    }
}

extension FormValues {
    fileprivate func required(_ name: String) throws -> String {
        guard let value = self[name] else { throw PlainTextError(.badRequest, "Missing '\(name)' query parameter") }
        return value
    }
}
