import AsyncHTTPClient
import Crypto
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import ObjectStorage

/// What moto does not show: signatures that are checked, failures, roles, proxies.
@Suite struct S3DoubleTests {
    private static let credentials = S3Credentials(accessKeyID: "AKID", secretAccessKey: "s3cr3t", sessionToken: "tok en")

    private func storage(_ endpoint: String, credentials: S3Configuration.CredentialsSource = .fixed(credentials)) -> S3Storage {
        S3Storage(S3Configuration(bucket: "buck", region: "eu-west-1", endpoint: endpoint, credentials: credentials))
    }

    /// The signature of a request as received, computed step by step on its own.
    private static func isSigned(_ request: HTTPDouble.Request, secret: String) -> Bool {
        guard let authorization = request.header("authorization"), let date = request.header("x-amz-date"),
            let names = authorization.split(separator: ",").first(where: { $0.hasPrefix("SignedHeaders=") })?.dropFirst(14),
            let signature = authorization.split(separator: ",").first(where: { $0.hasPrefix("Signature=") })?.dropFirst(10)
        else { return false }
        func hex(_ bytes: some Sequence<UInt8>) -> String {
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        func mac(_ key: [UInt8], _ text: String) -> [UInt8] {
            Array(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key)))
        }
        let hash = hex(SHA256.hash(data: Array(request.body.readableBytesView)))
        guard request.header("x-amz-content-sha256") == hash, names.split(separator: ";").contains("host") else { return false }
        let query = request.query.map { PercentEncoding.encode($0.key) + "=" + PercentEncoding.encode($0.value) }.sorted().joined(
            separator: "&")
        let headers = names.split(separator: ";").map { "\($0):\(request.header(String($0)) ?? "")\n" }.joined()
        let canonical = "\(request.method)\n\(request.path)\n\(query)\n\(headers)\n\(names)\n\(hash)"
        let scope = "\(date.prefix(8))/eu-west-1/s3/aws4_request"
        let toSign = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n" + hex(SHA256.hash(data: Data(canonical.utf8)))
        var key = mac(Array("AWS4\(secret)".utf8), String(date.prefix(8)))
        for part in ["eu-west-1", "s3", "aws4_request"] { key = mac(key, part) }
        return hex(mac(key, toSign)) == signature
    }

    @Test func `every kind of request is signed as received`() async throws {
        try await HTTPDouble.serving({ request in
            guard Self.isSigned(request, secret: "s3cr3t"), request.header("x-amz-security-token") == "tok en" else {
                return .text(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>")
            }
            if request.query["list-type"] != nil {
                return .text(200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")
            }
            return .text(200, "", [("ETag", "\"1\"")])
        }) { server async throws -> Void in
            let storage = storage(server.endpoint)
            #expect(try await storage.get("a b/c+d&é=*'()!", limit: 10) != nil)
            #expect(try await storage.put("k~_-.", ByteBuffer(string: "x"), condition: .ifVersion("\"0\"")) == "\"1\"")
            #expect(try await storage.list(prefix: "p q/+&").entries == [])
            try await storage.delete("k")
        }
    }

    @Test func `passing failures are tried again`() async throws {
        let failures = Mutex(0)
        try await HTTPDouble.serving({ _ in
            let number = failures.withLock {
                $0 += 1; return $0
            }
            return number == 1
                ? .text(503, "<Error><Code>SlowDown</Code></Error>") : number == 2 ? .lost : .text(200, "x", [("ETag", "\"1\"")])
        }) { server async throws -> Void in
            #expect(try await storage(server.endpoint).get("k", limit: 10)?.bytes == ByteBuffer(string: "x"))
            #expect(server.requests.count == 3)
        }
    }

    @Test func `failures that do not pass are thrown after a few attempts`() async throws {
        try await HTTPDouble.serving({ _ in .text(503, "<Error><Code>SlowDown</Code></Error>") }) { server async throws -> Void in
            await #expect(throws: ObjectStorageError.refused(operation: "get", key: "k", status: 503, code: "SlowDown")) {
                try await storage(server.endpoint).get("k", limit: 10)
            }
            #expect(server.requests.count == RetryPolicy().attempts)
        }
    }

    @Test func `a service that is not there is an error`() async throws {
        let gone = try await HTTPDouble.serving({ _ in .lost }) { $0.endpoint }
        await #expect(throws: ObjectStorageError.self) { try await storage(gone).get("k", limit: 10) }
    }

    @Test func `a service without conditional writes is told from a failing one`() async throws {
        try await HTTPDouble.serving({ _ in .text(501, "<Error><Code>NotImplemented</Code></Error>") }) { server async throws -> Void in
            await #expect(throws: ObjectStorageError.conditionsUnsupported) {
                try await storage(server.endpoint).put("k", ByteBuffer(string: "x"), condition: .ifAbsent)
            }
        }
    }

    @Test func `a clock that is wrong by an hour is corrected by the service's`() async throws {
        let serviceTime = UTCTime(milliseconds: UTCTime.now.milliseconds + 3_600_000)
        try await HTTPDouble.serving({ request in
            guard let date = request.header("x-amz-date"), date >= UTCTime(milliseconds: serviceTime.milliseconds - 900_000).basic else {
                return .text(403, "<Error><Code>RequestTimeTooSkewed</Code></Error>", [("Date", serviceTime.http)])
            }
            return .text(200, "x", [("ETag", "\"1\"")])
        }) { server async throws -> Void in
            let storage = storage(server.endpoint)
            #expect(try await storage.get("k", limit: 10) != nil)
            #expect(try await storage.get("k", limit: 10) != nil)
            #expect(server.requests.count == 3)
        }
    }

    @Test func `without keys those of the instance's role are used, by version 2 of its metadata service`() async throws {
        let end = "2999-01-01T00:00:00Z"
        try await HTTPDouble.serving({ request in
            switch (request.method, request.path) {
            case ("PUT", "/latest/api/token"):
                return request.header("x-aws-ec2-metadata-token-ttl-seconds") == "21600" ? .text(200, "session") : .text(400, "")
            case ("GET", "/latest/meta-data/iam/security-credentials/"):
                return request.header("x-aws-ec2-metadata-token") == "session" ? .text(200, "my-role") : .text(401, "")
            case ("GET", "/latest/meta-data/iam/security-credentials/my-role"):
                return .text(
                    200, #"{"Code":"Success","AccessKeyId":"AKID","SecretAccessKey":"s3cr3t","Token":"tok en","Expiration":"\#(end)"}"#)
            default:
                return Self.isSigned(request, secret: "s3cr3t") ? .text(200, "x", [("ETag", "\"1\"")]) : .text(403, "")
            }
        }) { server async throws -> Void in
            let storage = storage(server.endpoint, credentials: .instanceRole(endpoint: server.endpoint))
            #expect(try await storage.get("k", limit: 10) != nil)
            #expect(try await storage.get("k", limit: 10) != nil)
            #expect(server.requests.count == 5)
        }
    }

    @Test func `requests go through the proxy that is given`() async throws {
        try await HTTPDouble.serving({ _ in .text(403, "") }) { server async throws -> Void in
            let port = try #require(server.endpoint.split(separator: ":").last.flatMap { Int($0) })
            let configuration = S3Configuration(
                bucket: "buck", region: "eu-west-1", endpoint: "http://s3.invalid", credentials: .fixed(Self.credentials),
                proxy: HTTPProxy(host: "127.0.0.1", port: port, username: "me", password: "pw"))
            await #expect(throws: ObjectStorageError.self) { try await S3Storage(configuration).get("k", limit: 10) }
            let request = try #require(server.requests.first)
            #expect(request.method == "CONNECT")
            #expect(request.path == "s3.invalid:80")
            #expect(request.header("proxy-authorization") == "Basic bWU6cHc=")
        }
    }

    @Test func `the bucket is part of the host name at AWS, unless it has a dot`() throws {
        let dotless = S3Configuration(bucket: "buck", region: "eu-west-1", credentials: .fixed(Self.credentials))
        #expect(
            try S3Request(method: .GET, key: "k").signed(dotless, credentials: Self.credentials, time: .now).url
                == "https://buck.s3.eu-west-1.amazonaws.com/k")
        let dotted = S3Configuration(bucket: "b.c", region: "cn-north-1", credentials: .fixed(Self.credentials))
        #expect(
            try S3Request(method: .GET, key: "k").signed(dotted, credentials: Self.credentials, time: .now).url
                == "https://s3.cn-north-1.amazonaws.com.cn/b.c/k")
    }
}
