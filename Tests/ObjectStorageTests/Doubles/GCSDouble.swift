import CryptoExtras
import Crypto
import FoundationEssentials
import NIOCore

@testable import ObjectStorage

/// As much of Google's storage as the client uses, and its token service. Tokens are given for assertions that the
/// public key verifies.
struct GCSDouble: Sendable {
    let bucket: String
    let email: String
    let publicKey: _RSA.Signing.PublicKey
    let table = ObjectTable()
    let sessions = ObjectTable()
    var pageSize = 100

    private struct Claims: Decodable {
        var iss, scope, aud: String
        var iat, exp: Int64
    }

    func answer(_ request: HTTPDouble.Request) async -> HTTPDouble.Answer {
        if request.path == "/token" { return token(request) }
        guard request.header("authorization") == "Bearer good" else { return failure(401, "authError", "Invalid Credentials") }
        let answer: HTTPDouble.Answer
        if request.path == "/session" {
            answer = await chunk(request)
        } else if request.path == "/upload/storage/v1/b/\(bucket)/o" {
            answer = await upload(request)
        } else if request.path == "/storage/v1/b/\(bucket)/o" {
            answer = await list(request)
        } else if request.path.hasPrefix("/storage/v1/b/\(bucket)/o/") {
            answer = await object(HTTPDouble.decode(String(request.path.dropFirst("/storage/v1/b/\(bucket)/o/".count))), request)
        } else {
            answer = failure(404, "notFound", "The specified bucket does not exist.")
        }
        return await table.isLost() ? .lost : answer
    }

    private func token(_ request: HTTPDouble.Request) -> HTTPDouble.Answer {
        var form: [String: String] = [:]
        for item in String(buffer: request.body).split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1).map { HTTPDouble.decode(String($0)) }
            if pair.count == 2 { form[pair[0]] = pair[1] }
        }
        let parts = (form["assertion"] ?? "").split(separator: ".").map(String.init)
        guard form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer", parts.count == 3, let signature = decode(parts[2]),
            let header = decode(parts[0]), let body = decode(parts[1])
        else { return .text(400, #"{"error":"invalid_request"}"#) }
        let signed = SHA256.hash(data: Data((parts[0] + "." + parts[1]).utf8))
        guard publicKey.isValidSignature(.init(rawRepresentation: signature), for: signed, padding: .insecurePKCS1v1_5),
            String(decoding: header, as: UTF8.self) == #"{"alg":"RS256","typ":"JWT"}"#,
            let claims = try? JSONDecoder().decode(Claims.self, from: body), claims.iss == email, claims.exp - claims.iat == 3600,
            claims.aud.hasSuffix("/token"), abs(claims.iat - UTCTime.now.milliseconds / 1000) < 60
        else { return .text(400, #"{"error":"invalid_grant"}"#) }
        return .text(200, #"{"access_token":"good","expires_in":3599,"token_type":"Bearer"}"#)
    }

    private func object(_ name: String, _ request: HTTPDouble.Request) async -> HTTPDouble.Answer {
        guard let object = await table.objects[name] else { return .text(404, "No such object: \(bucket)/\(name)") }
        if request.method == "DELETE" {
            _ = await table.remove(name)
            return HTTPDouble.Answer(status: 204)
        }
        return HTTPDouble.Answer(status: 200, headers: [("x-goog-generation", "\(object.version)")], body: object.bytes)
    }

    private func upload(_ request: HTTPDouble.Request) async -> HTTPDouble.Answer {
        guard let name = request.query["name"] else { return failure(400, "required", "name") }
        if request.query["uploadType"] == "resumable" {
            await sessions.setPart("name", ByteBuffer(string: name))
            await sessions.setPart("bytes", ByteBuffer())
            return HTTPDouble.Answer(status: 200, headers: [("Location", "http://\(request.header("host") ?? "")/session")])
        }
        return await put(name, request.body, generation: request.query["ifGenerationMatch"])
    }

    /// A chunk must continue what is there.
    private func chunk(_ request: HTTPDouble.Request) async -> HTTPDouble.Answer {
        guard var bytes = await sessions.part("bytes"), let name = await sessions.part("name"),
            let range = request.header("content-range")?.dropFirst("bytes ".count).split(separator: "/"), range.count == 2
        else { return failure(400, "badRequest", "no session") }
        let bounds = range[0].split(separator: "-").compactMap { Int($0) }
        guard bounds.count == 2, bounds[0] == bytes.readableBytes, bounds[1] - bounds[0] + 1 == request.body.readableBytes else {
            return failure(400, "badRequest", "range")
        }
        var body = request.body
        bytes.writeBuffer(&body)
        await sessions.setPart("bytes", bytes)
        guard bytes.readableBytes == Int(range[1]) else {
            return request.body.readableBytes % (256 * 1024) == 0
                ? HTTPDouble.Answer(status: 308) : failure(400, "badRequest", "chunk size")
        }
        return await put(String(buffer: name), bytes, generation: nil)
    }

    private func put(_ name: String, _ bytes: ByteBuffer, generation: String?) async -> HTTPDouble.Answer {
        let version = await table.put(name, bytes, now: UTCTime.now.milliseconds) { version in
            generation == nil || generation == "\(version ?? 0)"
        }
        guard let version else { return failure(412, "conditionNotMet", "At least one of the pre-conditions did not hold.") }
        return .text(200, #"{"name":"x","generation":"\#(version)"}"#)
    }

    private func list(_ request: HTTPDouble.Request) async -> HTTPDouble.Answer {
        let page = await table.page(prefix: request.query["prefix"] ?? "", after: request.query["pageToken"] ?? "", size: pageSize)
        let items = page.map { key, object -> String in
            let time = UTCTime(milliseconds: object.modified)
            let day = time.day, clock = time.http.split(separator: " ")[4]
            let updated = "\(day.prefix(4))-\(day.dropFirst(4).prefix(2))-\(day.suffix(2))T\(clock).000Z"
            return #"{"name":"\#(key)","size":"\#(object.bytes.readableBytes)","updated":"\#(updated)"}"#
        }
        let next = page.count == pageSize ? #","nextPageToken":"\#(page.last?.key ?? "")""# : ""
        return .text(200, #"{"items":[\#(items.joined(separator: ","))]\#(next)}"#, [("Date", UTCTime.now.http)])
    }

    private func failure(_ status: Int, _ reason: String, _ message: String) -> HTTPDouble.Answer {
        .text(status, #"{"error":{"code":\#(status),"message":"\#(message)","errors":[{"reason":"\#(reason)"}]}}"#)
    }

    private func decode(_ text: String) -> Data? {
        let standard = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 } + Array(repeating: "=", count: (4 - text.count % 4) % 4)
        return Data(base64Encoded: String(standard))
    }
}
