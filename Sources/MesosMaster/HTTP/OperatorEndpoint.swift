import ClusterState
internal import FoundationEssentials
import HTTPTypes
import Hummingbird
import MesosHTTP
import MesosProtobuf
import NIOCore
import Platform
import ResourceModel

/// `POST /api/v1`: the operator API (contracts/mesos.md §10). Checks as those of the scheduler API, without a stream id.
struct OperatorEndpoint: Sendable {
    let master: Master
    let documents: DocumentCache

    func respond(to request: Request) async throws -> Response {
        var request = request
        guard request.method == .post else { throw PlainTextError.method(request.method) }
        guard let type = request.headers[.contentType] else {
            throw PlainTextError(.badRequest, "Expecting 'Content-Type' to be present")
        }
        guard let format = MessageFormat(contentType: type) else {
            throw PlainTextError(.unsupportedMediaType, "Expecting 'Content-Type' of application/json or application/x-protobuf")
        }
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: MasterResponder.bodyLimit)
        } catch is NIOTooManyBytesError {
            throw PlainTextError(.contentTooLarge, "The call exceeds \(MasterResponder.bodyLimit) bytes")
        }
        let call = try MessageBody.decode(OperatorCall.self, from: body, in: format, as: "Call")
        if let name = call.unknownEnum { throw MessageBody.unknownEnum(name, in: "Call") }
        if let problem = call.problem { throw PlainTextError(.badRequest, "Failed to validate master::Call: \(problem)") }
        let accept = request.headers[.accept]
        guard let answerFormat = MessageFormat.preferred(accepts: { MediaType.accepts($0, accept) }) else {
            throw PlainTextError(.notAcceptable, "Expecting 'Accept' to allow application/json or application/x-protobuf")
        }
        if call.type == .subscribe { return try await subscribe(request, in: answerFormat) }
        if let change = call.change { return try await master.change(change, principal: nil).response() }
        if let teardown = call.teardown, call.type == .teardown {
            return try await master.teardown(teardown.framework_id).response()
        }
        if let level = call.set_logging_level, call.type == .setLoggingLevel {
            guard level.level >= 0 else { throw PlainTextError(.badRequest, "Invalid level '\(level.level)'.\n") }
            LoggingVerbosity.raise(to: level.level, for: .nanoseconds(max(0, level.duration.nanoseconds)))
            return Response(status: .ok)
        }
        let answer = try await answer(call)
        let bytes = try await DocumentCache.offThePool {
            ByteBuffer(bytes: try answerFormat.encode(answer, json: ClusterJSON.encode))
        }
        switch answerFormat {
        case .json: return JSONResponse.answer(bytes, to: request)
        case .protobuf:
            return Response(status: .ok, headers: [.contentType: answerFormat.rawValue], body: .init(byteBuffer: bytes))
        }
    }

    /// The answer to a call that reads.
    private func answer(_ call: OperatorCall) async throws -> OperatorResponse {
        guard let type = call.type else { throw PlainTextError(.notImplemented) }
        var answer = OperatorResponse(type: type)
        switch type {
        case .getHealth: answer.get_health = .init(healthy: true)
        case .getFlags:
            let flags = master.configuration.flags.sorted { $0.key < $1.key }
            answer.get_flags = .init(flags: flags.map { .init(name: $0.key, value: $0.value) })
        case .getVersion:
            let build = master.build
            answer.get_version = .init(
                version_info: .init(
                    version: BuildInfo.version, build_date: build.date, build_time: Double(build.time), build_user: build.user))
        case .getMetrics:
            let values = try ClusterJSON.decode([String: Double].self, from: Data(await documents.metrics().render()))
            answer.get_metrics = .init(metrics: values.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) })
        case .getLoggingLevel: answer.get_logging_level = .init(level: LoggingVerbosity.current)
        case .listFiles: answer.list_files = try await listFiles(call.list_files?.path ?? "")
        case .readFile:
            let wanted = call.read_file
            let part = try await files.read(wanted?.path ?? "", offset: wanted?.offset ?? 0, length: wanted?.length ?? -1)
            answer.read_file = .init(size: part.size, data: Data(part.bytes).base64EncodedString())
        case .getOperations: answer.get_operations = .init()
        case .getMaster:
            answer.get_master = .init(
                master_info: master.info, start_time: master.startTime, elected_time: await master.snapshot().machine.electedTime)
        default:
            let view = OperatorView(machine: await master.snapshot().machine)
            let partial = answer
            answer = try await DocumentCache.offThePool { try Self.fill(partial, from: view) }
        }
        return answer
    }

    private static func fill(_ partial: OperatorResponse, from view: OperatorView) throws -> OperatorResponse {
        var answer = partial
        switch answer.type {
        case .getState: answer.get_state = view.state
        case .getAgents: answer.get_agents = view.agents
        case .getFrameworks: answer.get_frameworks = view.frameworks
        case .getExecutors: answer.get_executors = view.executors
        case .getTasks: answer.get_tasks = view.tasks
        case .getRoles: answer.get_roles = view.roles
        case .getWeights: answer.get_weights = .init(weight_infos: view.weights)
        case .getMaintenanceStatus: answer.get_maintenance_status = .init(status: view.maintenanceStatus)
        case .getMaintenanceSchedule: answer.get_maintenance_schedule = .init(schedule: view.schedule)
        case .getQuota: answer.get_quota = .init(status: view.quotas)
        default: throw PlainTextError(.notImplemented)
        }
        return answer
    }

    private var files: FilesEndpoint { FilesEndpoint(files: master.configuration.files) }

    private func listFiles(_ path: String) async throws -> OperatorResponse.FileList {
        .init(
            file_infos: try await files.browse(path).map { entry in
                var info = OperatorResponse.FileInfo(path: entry.path)
                info.nlink = entry.linkCount
                info.size = entry.size
                info.mtime = TimeInfo(nanoseconds: Int64(entry.modified) * 1_000_000_000)
                info.mode = Int(entry.mode)
                info.uid = entry.user
                info.gid = entry.group
                return info
            })
    }

    // MARK: Events

    private func subscribe(_ request: Request, in format: MessageFormat) async throws -> Response {
        let (stream, lease, machine) = await master.subscribeOperator()
        let first = try await DocumentCache.offThePool {
            var event = OperatorEvent(type: .subscribed)
            event.subscribed = .init(
                get_state: OperatorView(machine: machine).state, heartbeat_interval_seconds: MasterStateMachine.heartbeatInterval)
            return RecordIO.frame(try format.encode(event, json: ClusterJSON.encode))
        }
        let body = StreamBody.make(stream, lease, of: request, first: first) { try format.encode($0, json: ClusterJSON.encode) }
        return Response(status: .ok, headers: [.contentType: format.rawValue], body: body)
    }
}
