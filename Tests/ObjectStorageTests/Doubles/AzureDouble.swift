import Crypto
import FoundationEssentials
import NIOCore

@testable import ObjectStorage

/// As much of Azure's blob service as the client uses. It checks every signature with a computation of its own.
struct AzureDouble: Sendable {
    let account: String
    let key: String
    let container: String
    let table = ObjectTable()
    var pageSize = 100

    func answer(_ request: HTTPDouble.Request) async -> HTTPDouble.Answer {
        guard request.header("authorization") == expectedAuthorization(request) else { return failure(403, "AuthenticationFailed") }
        guard request.header("x-ms-version") != nil, let date = request.header("x-ms-date"), UTCTime(http: date) != nil else {
            return failure(400, "MissingRequiredHeader")
        }
        let segments = request.path.dropFirst().split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard segments.count >= 2, segments[0] == account, segments[1] == container else { return failure(404, "ContainerNotFound") }
        let answer = segments.count == 2 ? await list(request) : await blob(HTTPDouble.decode(segments[2]), request)
        return await table.isLost() ? .lost : answer
    }

    private func blob(_ name: String, _ request: HTTPDouble.Request) async -> HTTPDouble.Answer {
        switch (request.method, request.query["comp"]) {
        case ("GET", nil):
            guard let object = await table.objects[name] else { return failure(404, "BlobNotFound") }
            return HTTPDouble.Answer(status: 200, headers: [("ETag", tag(object.version))], body: object.bytes)
        case ("DELETE", nil): return await table.remove(name) ? HTTPDouble.Answer(status: 202) : failure(404, "BlobNotFound")
        case ("PUT", nil):
            guard request.header("x-ms-blob-type") == "BlockBlob" else { return failure(400, "MissingRequiredHeader") }
            return await put(name, request.body, request)
        case ("PUT", "block"):
            await table.setPart(name + "#" + (request.query["blockid"] ?? ""), request.body)
            return HTTPDouble.Answer(status: 201)
        case ("PUT", "blocklist"):
            guard let list = try? XMLReader.read(request.body.readableBytesView), list.name == "BlockList" else {
                return failure(400, "InvalidXmlDocument")
            }
            var bytes = ByteBuffer()
            for block in list.all("Latest") {
                guard var part = await table.part(name + "#" + block.text) else { return failure(400, "InvalidBlockList") }
                bytes.writeBuffer(&part)
            }
            return await put(name, bytes, request)
        default: return failure(400, "UnsupportedHttpVerb")
        }
    }

    private func put(_ name: String, _ bytes: ByteBuffer, _ request: HTTPDouble.Request) async -> HTTPDouble.Answer {
        let (match, noneMatch) = (request.header("if-match"), request.header("if-none-match"))
        let version = await table.put(name, bytes, now: UTCTime.now.milliseconds) { version in
            if noneMatch == "*" { return version == nil }
            if let match { return version.map { tag($0) == match } ?? false }
            return true
        }
        guard let version else { return noneMatch == nil ? failure(412, "ConditionNotMet") : failure(409, "BlobAlreadyExists") }
        return HTTPDouble.Answer(status: 201, headers: [("ETag", tag(version))])
    }

    private func list(_ request: HTTPDouble.Request) async -> HTTPDouble.Answer {
        guard request.query["restype"] == "container", request.query["comp"] == "list" else {
            return failure(400, "InvalidQueryParameterValue")
        }
        let page = await table.page(prefix: request.query["prefix"] ?? "", after: request.query["marker"] ?? "", size: pageSize)
        let blobs = page.map { key, object in
            """
            <Blob><Name>\(escape(key))</Name><Properties><Last-Modified>\(UTCTime(milliseconds: object.modified).http)</Last-Modified>\
            <Etag>\(object.version)</Etag><Content-Length>\(object.bytes.readableBytes)</Content-Length></Properties></Blob>
            """
        }.joined()
        let marker = page.count == pageSize ? page.last?.key ?? "" : ""
        // With a byte order mark, as the real one has it.
        let xml =
            "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"x\"><Blobs>\(blobs)</Blobs>"
            + "<NextMarker>\(escape(marker))</NextMarker></EnumerationResults>"
        return .text(200, xml, [("Date", UTCTime.now.http)])
    }

    private func expectedAuthorization(_ request: HTTPDouble.Request) -> String {
        func value(_ name: String) -> String { request.header(name) ?? "" }
        let length = value("content-length") == "0" ? "" : value("content-length")
        var lines = [
            request.method, value("content-encoding"), value("content-language"), length, value("content-md5"), value("content-type"),
        ]
        lines += [
            value("date"), value("if-modified-since"), value("if-match"), value("if-none-match"), value("if-unmodified-since"),
            value("range"),
        ]
        lines += request.headers.map { ($0.name.lowercased(), $0.value) }.filter { $0.0.hasPrefix("x-ms-") }.sorted { $0 < $1 }
            .map { $0.0 + ":" + $0.1 }
        lines.append("/" + account + request.path)
        lines += request.query.sorted { $0.key < $1.key }.map { $0.key + ":" + $0.value }
        let secret = SymmetricKey(data: Data(base64Encoded: key) ?? Data())
        let code = HMAC<SHA256>.authenticationCode(for: Data(lines.joined(separator: "\n").utf8), using: secret)
        return "SharedKey \(account):" + Data(code).base64EncodedString()
    }

    private func tag(_ version: Int) -> String { "\"0x\(String(version, radix: 16))\"" }

    private func failure(_ status: Int, _ code: String) -> HTTPDouble.Answer {
        .text(status, "\u{FEFF}<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>m</Message></Error>", [("x-ms-error-code", code)])
    }

    private func escape(_ text: String) -> String {
        text.map { ["&": "&amp;", "<": "&lt;", ">": "&gt;"][$0] ?? String($0) }.joined()
    }
}
