import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Testing

@testable import ObjectStorage

/// With the well-known development key; the expected values are what Microsoft's own client library signs.
@Suite struct SharedKeySignatureTests {
    static let key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    private let headers: [(name: String, value: String)] = [
        ("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT"), ("x-ms-version", "2021-08-06"),
    ]

    @Test func `a listing: parameters sorted and decoded`() throws {
        let configuration = try AzureConfiguration(account: "myaccount", key: Self.key, container: "mycontainer")
        let signature = SharedKeySignature(
            account: "myaccount", method: "GET", path: "/mycontainer",
            query: [("restype", "container"), ("comp", "list"), ("prefix", "a b/"), ("marker", "m1")], headers: headers, contentLength: 0)
        #expect(
            signature.stringToSign == """
                GET











                x-ms-date:Fri, 26 Jun 2015 23:39:12 GMT
                x-ms-version:2021-08-06
                /myaccount/mycontainer
                comp:list
                marker:m1
                prefix:a b/
                restype:container
                """)
        #expect(signature.authorization(key: configuration.key) == "SharedKey myaccount:8Dr7I4vNR4CWDx3Eq1J/3okJ7CXmDER4IS3Ttj7KFtE=")
    }

    @Test func `a conditional write with a body`() throws {
        let configuration = try AzureConfiguration(account: "myaccount", key: Self.key, container: "mycontainer")
        var request = AzureRequest(method: .PUT, blob: "dir/my blob.txt", body: ByteBuffer(string: "hello"))
        request.headers = [("x-ms-blob-type", "BlockBlob"), ("if-none-match", "*")]
        let signed = request.signed(configuration, time: try #require(UTCTime(http: "Fri, 26 Jun 2015 23:39:12 GMT")))
        #expect(signed.url == "https://myaccount.blob.core.windows.net/mycontainer/dir/my%20blob.txt")
        #expect(signed.headers.first(name: "authorization") == "SharedKey myaccount:FJ5R8R6cvwbvUGm6AZQGcPaJyz7ADn6M6lak87fkf8w=")
    }

    @Test func `a service with the account in the path has it twice`() throws {
        let configuration = try AzureConfiguration(
            account: "devstoreaccount1", key: Self.key, container: "mycontainer", endpoint: "http://127.0.0.1:10000/devstoreaccount1")
        var request = AzureRequest(method: .GET, blob: "blob")
        request.headers = [("if-match", "\"0x8D\"")]
        let signed = request.signed(configuration, time: try #require(UTCTime(http: "Fri, 26 Jun 2015 23:39:12 GMT")))
        #expect(signed.headers.first(name: "authorization") == "SharedKey devstoreaccount1:pE65kGHuDyoNQg6WPRdAoAo/yTwxXwbFsDQL/voTzJY=")
    }

    @Test func `a key that is no Base64 is an error`() {
        #expect(throws: ObjectStorageError.self) { try AzureConfiguration(account: "a", key: "no key!", container: "c") }
    }
}
