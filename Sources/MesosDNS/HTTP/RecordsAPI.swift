import DNSWire
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The HTTP API of the records server (contracts/dns-networking.md §3.7): thin, every body comes from `RecordsReplies`.
struct RecordsAPI: Sendable {
    let configuration: MesosDNSConfiguration
    let keeper: ZoneKeeper

    func application(logger: Logger, onRunning: @escaping @Sendable (Int) -> Void) -> some ApplicationProtocol {
        let port = configuration.httpPort
        return Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in await respond(to: request) },
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.httpListener, port: port), serverName: nil, reuseAddress: true),
            onServerRunning: { channel in onRunning(channel.localAddress?.port ?? port) },
            logger: logger)
    }

    private func respond(to request: Request) async -> Response {
        guard request.method == .get else { return RecordsAPI.text(.methodNotAllowed, "405: Method Not Allowed") }
        guard RecordsAPI.acceptsJSON(request.headers[values: .accept]) else {
            return RecordsAPI.text(.notAcceptable, "406: Not Acceptable")
        }
        let parts = request.uri.path.split(separator: "/", omittingEmptySubsequences: true).map(\.percentDecoded)
        let zone = keeper.publication.current
        switch (parts.first, parts.dropFirst().first, parts.count) {
        case ("v1", "version", 2): return RecordsAPI.json(RecordsReplies.version("dev"))
        case ("v1", "config", 2):
            return RecordsAPI.json(RecordsReplies.configuration(configuration, serial: zone.authority.serial))
        case ("v1", "hosts", 3): return RecordsAPI.json(RecordsReplies.hosts(parts[2], in: zone))
        case ("v1", "hosts", 4) where parts[3] == "ports": return RecordsAPI.text(.notImplemented, "To be implemented...")
        case ("v1", "services", 3): return RecordsAPI.json(RecordsReplies.services(parts[2], in: zone))
        case ("v1", "enumerate", 2) where configuration.enumerationOn:
            return RecordsAPI.json(RecordsReplies.enumeration(await keeper.enumeration()))
        case ("v1", "axfr", 2) where configuration.enumerationOn:
            return RecordsAPI.json(RecordsReplies.axfr(zone, refreshSeconds: configuration.refreshSeconds))
        default: return RecordsAPI.text(.notFound, "404: Page Not Found")
        }
    }

    /// Whether some range of the `Accept` headers takes JSON; no header takes all.
    static func acceptsJSON(_ headers: [String]) -> Bool {
        if headers.isEmpty { return true }
        return headers.flatMap { $0.split(separator: ",") }.contains { range in
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let type = parts.first, ["*/*", "application/*", "application/json"].contains(type) else { return false }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            return quality != 0
        }
    }

    private static func json(_ body: OrderedJSON) -> Response { reply(.ok, "application/json", body.text) }
    private static func text(_ status: HTTPResponse.Status, _ body: String) -> Response { reply(status, "text/plain", body) }

    private static func reply(_ status: HTTPResponse.Status, _ type: String, _ body: String) -> Response {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}
