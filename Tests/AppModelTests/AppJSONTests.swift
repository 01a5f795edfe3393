import AppModel
import Testing

let now = Timestamp(milliseconds: 1_475_668_800_000)

func app(_ text: String) throws -> AppDefinition {
    try AppDefinition(json: JSONValue(body: Array(text.utf8)), version: now)
}

func refusal(_ text: String) -> AppInputError? {
    do {
        let definition = try app(text)
        try AppValidator().validate(definition)
        return nil
    } catch let error as AppInputError {
        return error
    } catch {
        Issue.record("unexpected \(error)")
        return nil
    }
}

@Suite struct AppJSONTests {
    @Test func `the smallest app gets every default`() throws {
        let expected = try JSONValue(
            parsing: """
                {"id":"/x","cmd":"sleep 60","args":null,"user":null,"env":{},"secrets":{},"instances":1,"cpus":1,"mem":128,"disk":0,"gpus":0,
                 "executor":"","constraints":[],"uris":[],"fetch":[],"storeUrls":[],"backoffSeconds":1,"backoffFactor":1.15,
                 "maxLaunchDelaySeconds":3600,"container":null,"healthChecks":[],"readinessChecks":[],"dependencies":[],
                 "upgradeStrategy":{"minimumHealthCapacity":1,"maximumOverCapacity":1},"labels":{},"acceptedResourceRoles":null,
                 "ipAddress":null,"residency":null,"taskKillGracePeriodSeconds":null,"ports":[0],
                 "portDefinitions":[{"port":0,"protocol":"tcp","labels":{}}],"requirePorts":false,"version":"2016-10-05T12:00:00.000Z"}
                """)
        #expect(try app(#"{"id":"x","cmd":"sleep 60"}"#).json == expected)
    }

    static let examples = [
        #"{"id":"x","cmd":"sleep 60"}"#,
        """
        {"id":"/product/service/my-app","cmd":"env && sleep 300","args":null,"user":"nobody","env":{"LD_LIBRARY_PATH":"/usr/local/lib","PW":{"secret":"s"}},
         "secrets":{"s":{"source":"a/b"}},"instances":3,"cpus":1.5,"mem":256,"disk":10.25,"gpus":0,"executor":"","constraints":[["attribute","LIKE","x.*"],["hostname","UNIQUE"],["rack","GROUP_BY",2]],
         "uris":["https://raw.github.com/mesosphere/marathon/master/README.md","http://x/a.tgz"],"portDefinitions":[{"port":8080,"protocol":"tcp","name":"http","labels":{"VIP_0":"10.0.0.1:80"}},{"port":0,"protocol":"udp"}],
         "requirePorts":true,"backoffSeconds":2,"backoffFactor":2,"maxLaunchDelaySeconds":60,"dependencies":["../db","/x"],
         "healthChecks":[{"protocol":"HTTP","path":"/health","portIndex":0,"gracePeriodSeconds":3,"intervalSeconds":10,"timeoutSeconds":10,"maxConsecutiveFailures":3},
           {"protocol":"TCP","port":99,"path":"kept"},{"protocol":"COMMAND","command":{"value":"curl -f"}},{"protocol":"MESOS_HTTP","path":"/","delaySeconds":4}],
         "readinessChecks":[{"portName":"http","httpStatusCodesForReady":[204,200,200]}],"upgradeStrategy":{"minimumHealthCapacity":0.5},
         "labels":{"a":"b"},"acceptedResourceRoles":["role1","*"],"taskKillGracePeriodSeconds":5,"killSelection":"OLDEST_FIRST","unreachableStrategy":{"inactiveAfterSeconds":1,"expungeAfterSeconds":2}}
        """,
        """
        {"id":"/bridged","container":{"type":"DOCKER","docker":{"image":"group/image","network":"BRIDGE","privileged":true,"parameters":[{"key":"a-docker-option","value":"xxx"}],
          "portMappings":[{"containerPort":8080,"hostPort":0,"servicePort":9000,"protocol":"tcp","name":"a"},{"containerPort":161,"protocol":"udp,tcp"}]},
          "volumes":[{"containerPath":"/etc/a","hostPath":"/var/data/a","mode":"RO"}]},"healthChecks":[{"protocol":"HTTP"}]}
        """,
        #"{"id":"u","container":{"docker":{"image":"i","network":"USER","portMappings":[{"containerPort":80}]}},"ipAddress":{"networkName":"dcos"}}"#,
        #"{"id":"m","cmd":"x","container":{"type":"MESOS","docker":{"image":"i","credential":{"principal":"p"}}}}"#,
        #"{"id":"a","container":{"type":"MESOS","appc":{"image":"i","id":"sha512-x","labels":{"v":"1"}}}}"#,
        #"{"id":"p","cmd":"x","container":{"type":"MESOS","volumes":[{"containerPath":"data","mode":"RW","persistent":{"size":512}}]}}"#,
        #"{"id":"e","cmd":"x","container":{"type":"MESOS","volumes":[{"containerPath":"d","mode":"RW","external":{"name":"v","provider":"dvdi","options":{"dvdi/driver":"rexray"},"size":3}}]}}"#,
        #"{"id":"ip","args":["a","b"],"ipAddress":{"groups":["g"],"labels":{"l":"m"},"discovery":{"ports":[{"number":80,"name":"http","protocol":"tcp"}]}},"unreachableStrategy":"disabled"}"#,
        #"{"id":"n","container":{"docker":{"image":"i"},"portMappings":[{"containerPort":80}]},"networks":[{"mode":"container/bridge"}]}"#,
    ]

    @Test(arguments: examples)
    func `what is shown reads back as the same app`(text: String) throws {
        let first = try app(text)
        #expect(try AppDefinition(stored: first.json) == first)
        #expect(try AppDefinition(stored: JSONValue(parsing: first.json.text)) == first)
    }

    @Test(arguments: examples)
    func `putting back what is shown changes nothing`(text: String) throws {
        let first = try app(text)
        var shown = try #require(first.json.object)
        shown["version"] = nil
        shown["versionInfo"] = nil
        let update = try AppUpdate(json: .object(shown), id: first.id)
        #expect(update.applied(to: first) == first)
        #expect(AppDefinition(id: first.id, creating: update, version: now) == first)
    }

    @Test func `a container keeps only what its network can use`() throws {
        let host = try app(#"{"id":"h","container":{"docker":{"image":"i","network":"HOST","portMappings":[{"containerPort":80}]}}}"#)
        #expect(host.container?.docker?.portMappings == nil)
        let bridged = try app(Self.examples[2])
        #expect(bridged.container?.docker?.portMappings?[1].hostPort == 0)
        #expect(bridged.servicePorts == [9000, 0])
        #expect(bridged.portDefinitions.map(\.port) == [9000, 0])
        #expect(bridged.healthChecks.first?.portIndex == 0)
    }

    @Test func `apps with volumes that stay get the careful upgrade strategy and residency`() throws {
        let resident = try app(Self.examples[6])
        #expect(resident.upgradeStrategy == UpgradeStrategy(minimumHealthCapacity: 0.5, maximumOverCapacity: 0))
        #expect(resident.residency == Residency())
        #expect(try app(Self.examples[7]).upgradeStrategy == .forVolumes)
        #expect(try app(Self.examples[7]).residency == nil)
    }

    @Test func `archives among uris are extracted, other files are not`() throws {
        #expect(try app(Self.examples[1]).fetch.map(\.extract) == [false, true])
    }

    @Test func `relative dependencies resolve against the app itself`() throws {
        #expect(try app(Self.examples[1]).dependencies.map(\.description) == ["/product/service/db", "/x"])
    }

    @Test func `the coding used by the store is the shown JSON`() throws {
        let first = try app(Self.examples[1])
        #expect(try AppDefinition(stored: JSONValue(parsing: first.json.bytes)).json == first.json)
    }
}

@Suite struct AppRefusalTests {
    @Test func `an empty body`() {
        #expect(refusal("  ")?.status == 400)
        #expect(refusal("")?.body["message"] == "Please specify data in JSON format")
    }

    @Test func `a body that is not JSON says where`() {
        let error = refusal("{\"id\": \n nope}")
        #expect(error?.status == 400)
        #expect(error?.body["message"] == "Invalid JSON")
        #expect(error?.body["details"]?.string?.contains("line: 2, column: 2") == true)
    }

    @Test(arguments: [
        (#"{"cmd":"x"}"#, "/id", "error.path.missing"), (#"{"id":1,"cmd":"x"}"#, "/id", "error.expected.jsstring"),
        (#"{"id":"","cmd":"x"}"#, "/id", "error.minLength"), (#"{"id":"x","cmd":""}"#, "/cmd", "error.minLength"),
        (#"{"id":"x","cpus":"1"}"#, "/cpus", "error.expected.jsnumber"),
        (#"{"id":"x","instances":0.5}"#, "/instances", "error.expected.int"),
        (#"{"id":"x","instances":5000000000}"#, "/instances", "error.expected.int"),
        (#"{"id":"x","backoffSeconds":1.5}"#, "/backoffSeconds", "error.expected.long"),
        (#"{"id":"x","requirePorts":"yes"}"#, "/requirePorts", "error.expected.jsboolean"),
        (#"{"id":"x","args":"a"}"#, "/args", "error.expected.jsarray"), (#"{"id":"x","args":[1]}"#, "/args(0)", "error.expected.jsstring"),
        (#"{"id":"x","env":[]}"#, "/env", "error.expected.jsobject"),
        (#"{"id":"x","labels":{"a":1}}"#, "/labels/a", "error.expected.jsstring"),
        (#"{"id":"x","ports":[1,1]}"#, "/ports", "Ports must be unique."),
        (#"{"id":"x","uris":["a"],"fetch":[{"uri":"b"}]}"#, "/", "You cannot specify both uris and fetch fields"),
        (#"{"id":"x","ports":[1],"portDefinitions":[{"port":2}]}"#, "/", "You cannot specify both ports and port definitions"),
        (#"{"id":"x","ports":[1],"ipAddress":{}}"#, "/", "You cannot specify both an IP address and ports"),
        (#"{"id":"x","acceptedResourceRoles":[]}"#, "/acceptedResourceRoles", "set must not be empty"),
        (
            #"{"id":"x","constraints":[["a"]]}"#, "/constraints(0)",
            "Constraint definition must be an array of strings in format: <key>, <operator>[, value]"
        ),
        (
            #"{"id":"x","constraints":[["a","NEAR"]]}"#, "/constraints(0)",
            "Constraint operator must be one of the following: [UNIQUE, CLUSTER, GROUP_BY, LIKE, UNLIKE, MAX_PER]"
        ),
        (
            #"{"id":"x","container":{"docker":{"image":"i","network":"FOO"}}}"#, "/container/docker/network",
            "FOO is not a valid network type"
        ),
        (#"{"id":"x","healthChecks":[{"protocol":"FOO"}]}"#, "/healthChecks(0)/protocol", "FOO is not a valid protocol"),
    ])
    func `JSON of the wrong shape names the place`(text: String, path: String, message: String) {
        let error = refusal(text)
        #expect(error?.status == 400)
        #expect(error?.body["message"] == "Invalid JSON")
        #expect(error?.body["details"]?[0] == ["path": .string(path), "errors": [.string(message)]])
    }

    @Test(arguments: [
        (#"{"id":"X","cmd":"x"}"#, "/id", "must fully match regular expression"), (#"{"id":"/","cmd":"x"}"#, "/id", "must fully match"),
        (#"{"id":"a/tasks","cmd":"x"}"#, "/id", "reserved"),
        (#"{"id":"x"}"#, "/", "AppDefinition must either contain one of 'cmd' or 'args'"),
        (#"{"id":"x","cmd":"a","args":["b"]}"#, "/", "AppDefinition must either"),
        (#"{"id":"x","cmd":"a","instances":-1}"#, "/instances", "got -1, expected 0 or more"),
        (#"{"id":"x","cmd":"a","cpus":-1}"#, "/cpus", "got -1.0, expected 0.0 or more"),
        (#"{"id":"x","cmd":"a","ports":[70000]}"#, "/portDefinitions(0)/port", "got 70000"),
        (
            #"{"id":"x","cmd":"a","upgradeStrategy":{"minimumHealthCapacity":1.2}}"#, "/upgradeStrategy/minimumHealthCapacity",
            "got 1.2, expected between 0.0 and 1.0"
        ),
        (
            #"{"id":"x","cmd":"a","portDefinitions":[{"name":"a"},{"name":"A"}]}"#, "/portDefinitions(1)/name",
            "must fully match regular expression '^[a-z0-9-]+$'"
        ),
        (#"{"id":"x","cmd":"a","portDefinitions":[{"name":"a"},{"name":"a"}]}"#, "/portDefinitions", "Port names must be unique."),
        (#"{"id":"x","cmd":"a","healthChecks":[{"portIndex":1}]}"#, "/healthChecks(0)", "Health check port indices must address"),
        (#"{"id":"x","cmd":"a","healthChecks":[{"protocol":"COMMAND"}]}"#, "/healthChecks(0)/command", "must not be empty"),
        (#"{"id":"x","container":{"type":"DOCKER"},"cmd":"a"}"#, "/container/docker", "must not be empty"),
        (
            #"{"id":"x","cmd":"a","container":{"docker":{"image":"i"},"volumes":[{"containerPath":"/a","mode":"RO"}]}}"#,
            "/container/volumes(0)/hostPath", "must not be empty"
        ),
        (#"{"id":"x","cmd":"a","env":{"P":{"secret":"q"}}}"#, "/env(P)", "references an undefined secret named 'q'"),
        (#"{"id":"x","cmd":"a","constraints":[["hostname","UNIQUE","1"]]}"#, "/constraints(0)", "Value specified but not used"),
        (#"{"id":"x","cmd":"a","constraints":[["hostname","LIKE","["]]}"#, "/constraints(0)", "'[' is not a valid regular expression"),
        (#"{"id":"x","cmd":"a","constraints":[["hostname","MAX_PER"]]}"#, "/constraints(0)", "Value was specified but is not a number"),
        (#"{"id":"x","cmd":"a","uris":["http://a b"]}"#, "/fetch(0)/uri", "URI has invalid syntax."),
        (#"{"id":"x","cmd":"a","residency":{}}"#, "/", "AppDefinition must contain persistent volumes and define residency"),
        (#"{"id":"x","cmd":"a","gpus":1}"#, "/gpus", "Feature gpu_resources is not enabled"),
        (
            #"{"id":"x","cmd":"a","instances":2,"labels":{"MARATHON_SINGLE_INSTANCE_APP":"true"},"upgradeStrategy":{"minimumHealthCapacity":0,"maximumOverCapacity":0}}"#,
            "/instances", "Single instance app may only have one instance"
        ),
        (#"{"id":"x","cmd":"a","acceptedResourceRoles":["a b"]}"#, "/acceptedResourceRoles", "'a b'"),
        (#"{"id":"x","cmd":"a","readinessChecks":[{}]}"#, "/readinessChecks(0)/portName", "http-api"),
    ])
    func `a rule broken names the place`(text: String, path: String, message: String) throws {
        let error = try #require(refusal(text))
        #expect(error.status == 422)
        #expect(error.body["message"] == "Object is not valid")
        let details = error.body["details"]?.array ?? []
        let entry = details.first { $0["path"]?.string == path }
        #expect(entry?["errors"]?.array?.contains { $0.string?.contains(message) == true } == true, "\(error)")
    }

    @Test func `all errors are reported at once`() throws {
        let error = try #require(refusal(#"{"id":7,"cpus":"x","instances":1.5}"#))
        #expect(error.body["details"]?.array?.count == 3)
    }

    @Test func `unknown fields are ignored`() {
        #expect(refusal(#"{"id":"x","cmd":"a","bogus":{"deep":[1]}}"#) == nil)
    }

    @Test func `deep nesting is refused instead of exhausting the stack`() {
        #expect(refusal(String(repeating: "[", count: 100_000))?.status == 400)
    }
}
