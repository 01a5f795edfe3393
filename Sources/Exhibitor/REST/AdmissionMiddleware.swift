import HTTPTypes
import Hummingbird

/// Serves at most 100 requests at once, keeps at most 4096 waiting and answers the rest 503, so that a crowd of clients
/// costs neither memory nor descriptors without bound (contracts/exhibitor.md §18). Streams of events last long and cost
/// little: they have places of their own.
struct AdmissionMiddleware<Context: RequestContext>: RouterMiddleware {
    let requests: Admission
    let streams: Admission
    /// Bytes of a request body.
    let bodyLimit: Int

    init(
        requests: Admission = Admission(capacity: 100, waitingLimit: 4096), streams: Admission = Admission(capacity: 200, waitingLimit: 0),
        bodyLimit: Int = 16 * 1024 * 1024
    ) {
        self.requests = requests
        self.streams = streams
        self.bodyLimit = bodyLimit
    }

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if let length = request.headers[.contentLength].flatMap(Int.init), length > bodyLimit {
            throw HTTPError(.contentTooLarge, message: "The request body exceeds \(bodyLimit) bytes")
        }
        if isAskedByMembers(request) { return try await next(request, context) }
        let permit = try await enter(requests)
        let response = try await next(request, context)
        if response.headers[.contentType] == EventStream.contentType { return hold(try await enter(streams), response) }
        return response.body.contentLength == nil ? hold(permit, response) : response
    }

    /// What the members ask each other while they serve a request must not wait behind such requests: full ones would
    /// wait for each other. It costs no more than a look at our own state.
    private func isAskedByMembers(_ request: Request) -> Bool {
        request.uri.path == "/exhibitor/v1/cluster/state"
    }

    private func enter(_ admission: Admission) async throws -> Admission.Permit {
        do {
            return try await admission.enter()
        } catch is Admission.Refused {
            throw HTTPError(.serviceUnavailable, headers: [.retryAfter: "1"], message: "Too many requests at once")
        }
    }

    /// Gives the place back when the body is written, or never will be.
    private func hold(_ permit: Admission.Permit, _ response: Response) -> Response {
        let body = response.body
        var held = response
        held.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            withExtendedLifetime(permit) {}
        }
        return held
    }
}
