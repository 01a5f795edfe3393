import AppModel
import Testing

/// Answers of the baseline to GET, field by field.
@Suite struct GoldenAppTests {
    @Test func `a bridged Docker app`() throws {
        let definition = try app(
            """
            {"id":"/prod/web","container":{"type":"DOCKER","docker":{"image":"nginx:1.11","network":"BRIDGE",
             "portMappings":[{"containerPort":80,"hostPort":0,"servicePort":10000,"protocol":"tcp","name":"http","labels":{"VIP_0":"/web:80"}}]}},
             "instances":2,"cpus":0.1,"mem":64,"constraints":[["hostname","UNIQUE"]],"acceptedResourceRoles":["slave_public"],
             "healthChecks":[{"path":"/","protocol":"HTTP","portIndex":0}],"labels":{"HAPROXY_GROUP":"external"},"uris":["file:///etc/docker.tar.gz"]}
            """
        ).versioned(after: nil, now: now).app
        let expected = try JSONValue(
            parsing: """
                {"id":"/prod/web","cmd":null,"args":null,"user":null,"env":{},"secrets":{},"instances":2,"cpus":0.1,"mem":64,"disk":0,"gpus":0,
                 "executor":"","constraints":[["hostname","UNIQUE"]],"uris":["file:///etc/docker.tar.gz"],
                 "fetch":[{"uri":"file:///etc/docker.tar.gz","extract":true,"executable":false,"cache":false}],"storeUrls":[],
                 "backoffSeconds":1,"backoffFactor":1.15,"maxLaunchDelaySeconds":3600,
                 "container":{"type":"DOCKER","volumes":[],"docker":{"image":"nginx:1.11","network":"BRIDGE",
                  "portMappings":[{"containerPort":80,"hostPort":0,"servicePort":10000,"protocol":"tcp","name":"http","labels":{"VIP_0":"/web:80"}}],
                  "privileged":false,"parameters":[],"forcePullImage":false}},
                 "healthChecks":[{"path":"/","protocol":"HTTP","portIndex":0,"gracePeriodSeconds":300,"intervalSeconds":60,"timeoutSeconds":20,
                  "maxConsecutiveFailures":3,"ignoreHttp1xx":false}],
                 "readinessChecks":[],"dependencies":[],"upgradeStrategy":{"minimumHealthCapacity":1,"maximumOverCapacity":1},
                 "labels":{"HAPROXY_GROUP":"external"},"acceptedResourceRoles":["slave_public"],"ipAddress":null,"residency":null,
                 "taskKillGracePeriodSeconds":null,"ports":[10000],"portDefinitions":[{"port":10000,"protocol":"tcp","labels":{}}],
                 "requirePorts":false,"version":"2016-10-05T12:00:00.000Z",
                 "versionInfo":{"lastScalingAt":"2016-10-05T12:00:00.000Z","lastConfigChangeAt":"2016-10-05T12:00:00.000Z"}}
                """)
        #expect(definition.json == expected)
    }

    @Test func `an app with an address per task shows no ports`() throws {
        let shown = try app(#"{"id":"x","cmd":"a","ipAddress":{"networkName":"dcos"}}"#).json
        #expect(shown["ports"] == nil)
        #expect(shown["portDefinitions"] == nil)
        #expect(shown["requirePorts"] == nil)
        #expect(shown["ipAddress"] == ["groups": [], "labels": [:], "discovery": ["ports": []], "networkName": "dcos"])
    }

    @Test func `absent options of a Mesos image are null, other absent nested values are left out`() throws {
        let shown = try app(#"{"id":"x","container":{"type":"MESOS","docker":{"image":"i"}},"residency":null}"#).json
        #expect(
            shown["container"] == ["type": "MESOS", "volumes": [], "docker": ["image": "i", "credential": nil, "forcePullImage": false]])
        let host = try app(#"{"id":"x","container":{"docker":{"image":"i"}}}"#).json
        #expect(host["container"]?["docker"]?["network"] == .null)
        #expect(host["container"]?["docker"]?["portMappings"] == .null)
    }

    @Test func `keys that a strict client does not know never appear`() throws {
        let known: Set = [
            "id", "cmd", "args", "user", "env", "secrets", "instances", "cpus", "mem", "disk", "gpus", "executor", "constraints", "uris",
            "fetch",
            "storeUrls", "ports", "portDefinitions", "requirePorts", "backoffSeconds", "backoffFactor", "maxLaunchDelaySeconds",
            "container",
            "healthChecks", "readinessChecks", "dependencies", "upgradeStrategy", "labels", "acceptedResourceRoles", "ipAddress",
            "residency",
            "taskKillGracePeriodSeconds", "version", "versionInfo", "killSelection", "unreachableStrategy",
        ]
        for text in AppJSONTests.examples {
            let keys = try app(text).json.object?.members.map(\.key) ?? []
            #expect(Set(keys).isSubset(of: known))
            #expect(Set(keys).count == keys.count)
        }
    }
}
