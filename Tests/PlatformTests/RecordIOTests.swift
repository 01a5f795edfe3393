import NIOCore
import Testing

@testable import Platform

@Suite("RecordIO")
struct RecordIOTests {
    @Test("records survive any cutting of the stream", arguments: 1...30)
    func cutting(size: Int) throws {
        let records = ["", "a", "{\"type\":\"HEARTBEAT\"}", String(repeating: "é\n7", count: 100)].map { Array($0.utf8) }
        let stream = records.flatMap { Array(buffer: RecordIO.frame($0)) }
        var decoder = RecordIODecoder()
        var result: [[UInt8]] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            let chunk = ByteBuffer(bytes: stream[start..<min(start + size, stream.count)])
            result += try decoder.append(chunk).map { Array(buffer: $0) }
        }
        #expect(result == records)
    }

    @Test("garbage and oversized records are refused")
    func garbage() {
        for text in ["x\n", "\n", "-1\n", "99999999999999\n", " 5\nhello"] {
            var decoder = RecordIODecoder(maximumRecordSize: 100)
            #expect(throws: RecordIODecoder.Failure.self) { try decoder.append(ByteBuffer(string: text)) }
        }
        var decoder = RecordIODecoder(maximumRecordSize: 100)
        #expect(throws: RecordIODecoder.Failure.recordTooLarge(bytes: 101, limit: 100)) {
            try decoder.append(ByteBuffer(string: "101\nx"))
        }
    }
}

@Suite("Flags from the environment")
struct EnvironmentArgumentsTests {
    @Test("variables become flags in front of the command line; unknown ones are ignored")
    func expansion() {
        let arguments = EnvironmentArguments.expand(
            prefix: "MESOS_", flags: ["work_dir", "port", "authenticate"], switches: ["authenticate"],
            environment: ["MESOS_WORK_DIR": "/x y", "MESOS_AUTHENTICATE": "true", "MESOS_NATIVE_JAVA_LIBRARY": "z", "PORT": "1"])
        #expect(arguments == ["--authenticate", "--work_dir=/x y"])
    }
}
