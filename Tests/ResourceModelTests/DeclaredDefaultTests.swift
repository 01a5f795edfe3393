import FoundationEssentials
import ResourceModel
import Testing

@Suite struct DeclaredDefaultTests {
    private func decode<T: Decodable>(_ type: T.Type, _ json: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(json.utf8))
    }

    private func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    @Test func `a health check is written with its declared defaults`() throws {
        let check = try decode(HealthCheckInfo.self, #"{"http":{"port":80},"timeout_seconds":null,"delay_seconds":2}"#)
        #expect(
            try encode(check)
                == #"{"consecutive_failures":3,"delay_seconds":2,"grace_period_seconds":10,"http":{"path":"/","port":80},"#
                + #""interval_seconds":10,"timeout_seconds":20}"#)
    }

    @Test func `an unset field equals its declared default`() throws {
        #expect(try decode(HealthCheckInfo.self, "{}") == HealthCheckInfo())
        #expect(try decode(HealthCheckInfo.self, #"{"interval_seconds":10}"#) == HealthCheckInfo())
        #expect(try decode(HealthCheckInfo.self, #"{"interval_seconds":11}"#) != HealthCheckInfo())
    }

    @Test func `a Docker container without a network is on the host's`() throws {
        let docker = try decode(ContainerInfo.Docker.self, #"{"image":"nginx"}"#)
        #expect(docker.network == "HOST" && docker == ContainerInfo.Docker(image: "nginx"))
        #expect(try encode(ContainerInfo.Docker(image: "nginx")) == #"{"image":"nginx","network":"HOST","privileged":false}"#)
    }

    @Test(arguments: [
        #"{"consecutive_failures":"3"}"#, #"{"delay_seconds":true}"#, #"{"http":{"port":80,"path":1}}"#,
    ])
    func `a wrong JSON type is refused where a default is declared`(json: String) {
        #expect(throws: DecodingError.self) { try decode(HealthCheckInfo.self, json) }
    }
}
