import MesosProtobuf
import Testing

@Suite struct MessageFormatTests {
    @Test func `a content type is compared exactly`() {
        #expect(MessageFormat(contentType: "application/x-protobuf") == .protobuf)
        #expect(MessageFormat(contentType: "application/json") == .json)
        #expect(MessageFormat(contentType: "application/json; charset=utf-8") == nil)
        #expect(MessageFormat(contentType: "application/x-Protobuf") == nil)
    }

    @Test func `JSON wins where both are acceptable`() {
        #expect(MessageFormat.preferred { _ in true } == .json)
        #expect(MessageFormat.preferred { $0 == "application/x-protobuf" } == .protobuf)
        #expect(MessageFormat.preferred { _ in false } == nil)
    }
}
