import AppModel
import HTTPTypes
import Hummingbird

/// `GET /v2/events` (contracts/marathon.md §7.1): a stream that ends with the term, or when its reader is too slow.
struct EventsAPI: Sendable {
    let hub: EventHub

    func respond(_ call: APICall) async throws -> Response {
        guard call.method == .get, call.request.headers[.accept]?.contains("text/event-stream") == true else {
            throw APIError.methodNotAllowed
        }
        let filter = EventHub.Filter(
            types: Set(call.parameters("event_type")), isLight: call.parameter("plan-format") == "light")
        let hub = hub
        let (id, events) = await hub.attach(filter, remoteAddress: call.context.clientIP, now: .now)
        let body = ResponseBody { writer in
            do {
                for await bytes in events { try await writer.write(bytes) }
                try await writer.finish(nil)
            } catch {
                await hub.detach(id, now: .now)
                throw error
            }
            await hub.detach(id, now: .now)
        }
        return Response(status: .ok, headers: [.contentType: "text/event-stream;charset=UTF-8"], body: body)
    }
}
