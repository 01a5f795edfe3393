import Testing

@testable import ObjectStorage

@Suite struct PercentEncodingTests {
    @Test func `encodes all but unreserved characters`() {
        #expect(PercentEncoding.encode("a/b c+~é", keepsSlashes: true) == "a/b%20c%2B~%C3%A9")
        #expect(PercentEncoding.encode("a/b") == "a%2Fb")
    }

    @Test func `decodes what it encoded`() {
        #expect(PercentEncoding.decode(PercentEncoding.encode("a/b c+~é%")) == "a/b c+~é%")
        #expect(PercentEncoding.decode("a+b", plusIsSpace: true) == "a b")
        #expect(PercentEncoding.decode("%4") == nil)
        #expect(PercentEncoding.decode("%ff") == nil)
    }
}
