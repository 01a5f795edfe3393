import LocalCluster
import Testing

@Suite("Bad input to a running cluster", .serialized)
struct BadInputTests {
    @Test("each is refused with the contract's status and body, and nothing is stored")
    func refusals() async throws {
        try await TestCluster.withCluster(masters: 1, agents: 1) { cluster in
            let marathon = "http://\(cluster.layout.masterAddresses[0]):8080"
            func refuse(_ body: String, _ status: Int, _ text: String, path: String = "/v2/apps") async throws {
                let answer = try #require(await cluster.request("POST", marathon + path, body: body))
                #expect(answer.status == status, "\(body.prefix(80)): \(answer.body.prefix(300))")
                #expect(answer.body.contains(text), "\(body.prefix(80)): \(answer.body.prefix(300))")
            }
            try await refuse("{", 400, "Invalid JSON")
            try await refuse(#"{"id":"/UPPER","cmd":"x"}"#, 422, "Object is not valid")
            try await refuse(#"{"id":"/a","cmd":"x","cpus":-1}"#, 422, "Object is not valid")
            try await refuse(#"{"id":"/a","cmd":"x","instances":-1}"#, 422, "Object is not valid")
            try await refuse(#"{"id":"/a","cmd":"x","portDefinitions":[{"port":70000}]}"#, 422, "Object is not valid")
            try await refuse(#"{"id":"/a","cmd":"x","instances":"many"}"#, 400, "Invalid JSON")
            try await refuse(#"{"id":"/a"}"#, 422, "Object is not valid")
            let huge = #"{"id":"/a","cmd":""# + String(repeating: "x", count: 2 << 20) + #""}"#
            let answer = try #require(await cluster.request("POST", marathon + "/v2/apps", body: huge))
            #expect((400..<500).contains(answer.status))
            let apps = try #require(await cluster.request("GET", marathon + "/v2/apps"))
            #expect(apps.body == #"{"apps":[]}"#)

            // An app that nobody can place is accepted, waits, and says why.
            let big = #"{"id":"/big","cmd":"sleep 1000","cpus":10000,"instances":1}"#
            #expect(await cluster.request("POST", marathon + "/v2/apps", body: big)?.status == 201)
            try await cluster.eventually("it waits in the queue") {
                await cluster.request("GET", marathon + "/v2/queue")?.body.contains("/big") ?? false
            }
            #expect(await cluster.request("DELETE", marathon + "/v2/apps/big?force=true")?.status == 200)

            let master = "http://\(cluster.layout.masterAddresses[0]):5050"
            for (body, text) in [
                ("{", "Failed to parse body into JSON"), (#"{"type":7}"#, "Failed to convert JSON into Call protobuf"),
                ("{}", "Expecting 'type' to be present"),
                (#"{"type":"REVIVE","framework_id":{"value":"nobody"}}"#, "Framework cannot be found"),
            ] {
                let answer = try #require(await cluster.request("POST", master + "/api/v1/scheduler", body: body))
                #expect(answer.status == 400 && answer.body.contains(text), "\(body): \(answer.status) \(answer.body)")
            }
        }
    }
}
