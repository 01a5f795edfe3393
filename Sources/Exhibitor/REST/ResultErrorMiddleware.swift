import HTTPTypes
import Hummingbird
import Logging
import Platform

/// Turns every error into a JSON result body, so that clients find the same shape whatever went wrong.
struct ResultErrorMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            return try JSONResponse.make(
                OperationResult.failed(error.body ?? error.status.reasonPhrase), status: error.status, headers: error.headers)
        } catch let error as any HTTPResponseError {
            return try error.response(from: request, context: context)
        } catch {
            context.logger.error("request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return try JSONResponse.make(OperationResult.failed("\(error)"), status: .internalServerError)
        }
    }
}
