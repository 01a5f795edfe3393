import Testing

@testable import ObjectStorage

/// The examples of AWS's documentation "Signature Calculations for the Authorization Header", with its example keys.
@Suite struct SignatureV4Tests {
    private let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    private let time = UTCTime(http: "Fri, 24 May 2013 00:00:00 GMT")
    private let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private func signature(
        _ method: String, _ path: String, query: [(name: String, value: String)] = [], headers: [(name: String, value: String)] = [],
        hash: String? = nil
    ) throws -> SignatureV4 {
        let time = try #require(time)
        let hash = hash ?? empty
        return SignatureV4(
            method: method, path: path, query: query,
            headers: headers + [("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-content-sha256", hash), ("x-amz-date", time.basic)],
            payloadHash: hash, time: time, region: "us-east-1")
    }

    @Test func `the hash of an empty body is the published one`() {
        #expect(SignatureV4.emptyPayloadHash == empty)
    }

    @Test func `GET Object with a range`() throws {
        let signature = try signature("GET", "/test.txt", headers: [("Range", "bytes=0-9")])
        #expect(signature.signedHeaders == "host;range;x-amz-content-sha256;x-amz-date")
        #expect(
            signature.stringToSign == """
                AWS4-HMAC-SHA256
                20130524T000000Z
                20130524/us-east-1/s3/aws4_request
                7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972
                """)
        #expect(signature.signature(secret: secret) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func `PUT Object with a name that needs encoding`() throws {
        let signature = try signature(
            "PUT", "/" + PercentEncoding.encode("test$file.text", keepsSlashes: true),
            headers: [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
            hash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
        #expect(signature.signature(secret: secret) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
    }

    @Test func `GET Bucket Lifecycle: a parameter without a value`() throws {
        let signature = try signature("GET", "/", query: [("lifecycle", "")])
        #expect(signature.signature(secret: secret) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
    }

    @Test func `List Objects: parameters in any order`() throws {
        let signature = try signature("GET", "/", query: [("prefix", "J"), ("max-keys", "2")])
        #expect(signature.signature(secret: secret) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
        let credentials = S3Credentials(accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: secret)
        #expect(
            signature.authorization(credentials)
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                + "SignedHeaders=host;x-amz-content-sha256;x-amz-date,"
                + "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }
}
