import AppModel
import Testing

@Suite struct TaskEnvironmentTests {
    @Test func `ports, host, context and the app's own variables`() throws {
        let definition = try app(
            #"{"id":"/prod/x","cmd":"env","cpus":0.5,"env":{"HOST":"mine","S":{"secret":"s"}},"labels":{"a-b":"c","z..z":"1"},"portDefinitions":[{"port":0,"name":"http"},{"port":8080}]}"#
        )
        let ports = TaskPorts(app: definition, hostPorts: [31001, 31002])
        let environment = TaskEnvironment.variables(of: definition, taskID: "prod_x.1", host: "10.0.0.1", ports: ports)
        #expect(
            environment == [
                "MESOS_TASK_ID": "prod_x.1", "MARATHON_APP_ID": "/prod/x", "MARATHON_APP_VERSION": "2016-10-05T12:00:00.000Z",
                "MARATHON_APP_RESOURCE_CPUS": "0.5", "MARATHON_APP_RESOURCE_MEM": "128.0", "MARATHON_APP_RESOURCE_DISK": "0.0",
                "MARATHON_APP_RESOURCE_GPUS": "0", "MARATHON_APP_LABELS": "A_B Z_Z", "MARATHON_APP_LABEL_A_B": "c",
                "MARATHON_APP_LABEL_Z_Z": "1",
                "HOST": "mine", "PORT0": "31001", "PORT1": "31002", "PORT": "31001", "PORTS": "31001,31002", "PORT_HTTP": "31001",
                "PORT_31001": "31001",
                "PORT_8080": "31002",
            ])
    }

    @Test func `a prefix goes before port variables and HOST only`() throws {
        let definition = try app(#"{"id":"x","cmd":"env"}"#)
        let environment = TaskEnvironment.variables(
            of: definition, taskID: "x.1", host: "h", ports: TaskPorts(app: definition, hostPorts: [7]), prefix: "P_")
        #expect(environment["P_PORT0"] == "7")
        #expect(environment["P_HOST"] == "h")
        #expect(environment["PORT0"] == nil)
        #expect(environment["MARATHON_APP_ID"] == "/x")
    }

    @Test func `mappings give container ports their variables`() throws {
        let definition = try app(
            #"{"id":"x","container":{"docker":{"image":"i","network":"USER","portMappings":[{"containerPort":80,"hostPort":0,"name":"http-api"},{"containerPort":443},{"containerPort":0}]}}}"#
        )
        let ports = TaskPorts(app: definition, hostPorts: [31005], generated: [2000])
        let variables = TaskEnvironment.variables(of: definition, taskID: "x.1", host: "h", ports: ports)
        #expect(variables["PORT0"] == "31005")
        #expect(variables["PORT_80"] == "31005")
        #expect(variables["PORT_HTTP-API"] == "31005")
        #expect(variables["PORT1"] == "443")
        #expect(variables["PORT2"] == "2000")
        #expect(variables["PORTS"] == "31005,2000")
        #expect(variables["MARATHON_APP_DOCKER_IMAGE"] == "i")
    }

    @Test func `without ports there are no port variables`() throws {
        let definition = try app(#"{"id":"x","cmd":"a","ports":[]}"#)
        let variables = TaskEnvironment.variables(
            of: definition, taskID: "x.1", host: "h", ports: TaskPorts(app: definition, hostPorts: []))
        #expect(!variables.keys.contains { $0.hasPrefix("PORT") })
    }

    @Test func `discovery lists each protocol and tells host from container ports`() throws {
        let definition = try app(
            #"{"id":"x","container":{"docker":{"image":"i","network":"USER","portMappings":[{"containerPort":80,"hostPort":0,"protocol":"udp,tcp","name":"a"},{"containerPort":443}]}}}"#
        )
        let ports = DiscoveryPort.all(of: definition, ports: TaskPorts(app: definition, hostPorts: [31005]))
        #expect(ports.map(\.number) == [31005, 31005, 443])
        #expect(ports.map(\.protocol) == ["udp", "tcp", "tcp"])
        #expect(ports.map { $0.labels["network-scope"] } == ["host", "host", "container"])
    }
}

@Suite struct LaunchBackoffTests {
    @Test func `the delay grows by the factor up to the limit`() throws {
        let definition = try app(#"{"id":"x","cmd":"false","backoffSeconds":1,"backoffFactor":2,"maxLaunchDelaySeconds":5}"#)
        var backoff: LaunchBackoff?
        var delays: [Int64] = []
        for _ in 0..<5 {
            backoff = LaunchBackoff.afterFailure(of: definition, previous: backoff, now: now)
            delays.append(backoff?.delay.wholeMilliseconds ?? -1)
        }
        #expect(delays == [1000, 2000, 4000, 5000, 5000])
        #expect(backoff?.isOver(at: now) == false)
        #expect(backoff?.timeLeftSeconds(at: now) == 5)
        #expect(backoff?.isOver(at: now + .seconds(5)) == true)
    }
}

@Suite struct TaskHealthTests {
    let check = HealthCheck(gracePeriodSeconds: 10, maxConsecutiveFailures: 2)
    let bad = TaskHealth.Result.failure(cause: "500 Internal Server Error")

    @Test func `failures within the grace period are ignored until the first success`() {
        var health = TaskHealth()
        #expect(health.record(bad, of: check, startedAt: now, now: now + .seconds(5)) == [])
        #expect(health.isUnknown)
        #expect(health.record(.success, of: check, startedAt: now, now: now + .seconds(6)) == [.changed(alive: true)])
        #expect(health.record(bad, of: check, startedAt: now, now: now + .seconds(7)) == [.failed, .changed(alive: false)])
    }

    @Test func `one failure more than allowed kills`() {
        var health = TaskHealth()
        let later = now + .seconds(60)
        #expect(health.record(bad, of: check, startedAt: now, now: later) == [.failed])
        #expect(health.record(bad, of: check, startedAt: now, now: later) == [.failed])
        #expect(health.record(bad, of: check, startedAt: now, now: later, isUnreachable: true) == [.failed])
        #expect(health.record(bad, of: check, startedAt: now, now: later) == [.failed, .kill(cause: "500 Internal Server Error")])
    }

    @Test func `zero allowed failures means never kill`() {
        var health = TaskHealth()
        let lenient = HealthCheck(gracePeriodSeconds: 0, maxConsecutiveFailures: 0)
        for _ in 0..<10 { #expect(health.record(bad, of: lenient, startedAt: now, now: now) == [.failed]) }
    }

    @Test func `informational answers count only where they are not ignored`() {
        #expect(TaskHealth.Result(httpStatus: 100, reason: "Continue", ignoring1xx: true) == .ignored)
        #expect(TaskHealth.Result(httpStatus: 100, reason: "Continue", ignoring1xx: false) == .failure(cause: "100 Continue"))
        #expect(TaskHealth.Result(httpStatus: 399, reason: "", ignoring1xx: false) == .success)
        #expect(TaskHealth.Result(httpStatus: 404, reason: "Not Found", ignoring1xx: true) == .failure(cause: "404 Not Found"))
    }

    @Test func `reports of the agent flip once`() {
        var health = TaskHealth()
        #expect(health.record(agentReport: true, now: now) == [.changed(alive: true)])
        #expect(health.record(agentReport: true, now: now) == [])
        #expect(health.record(agentReport: false, now: now) == [.changed(alive: false)])
    }

    @Test func `a stored flip restores what is shown`() {
        let health = TaskHealth(alive: true, since: now)
        #expect(health.isAlive)
        #expect(health.json(taskID: "x.1")["alive"] == true)
    }
}

@Suite struct ServicePortTests {
    @Test func `zero takes the lowest free port, explicit ones stay`() throws {
        var allocator = ServicePortAllocator(range: 10000..<10004, used: [10000])
        let first = try allocator.assign(to: app(#"{"id":"a","cmd":"x","ports":[0,10001,0]}"#), previous: nil)
        #expect(first.servicePorts == [10002, 10001, 10003])
    }

    @Test func `an update that asks for zero again keeps its ports`() throws {
        var allocator = ServicePortAllocator(range: 10000..<10100, used: [10000, 10001, 10007])
        var previous = try app(#"{"id":"a","cmd":"x"}"#)
        previous.portDefinitions = [PortDefinition(port: 10007), PortDefinition(port: 5), PortDefinition(port: 10001)]
        let next = try allocator.assign(to: app(#"{"id":"a","cmd":"y","ports":[0,0,0,10007]}"#), previous: previous)
        #expect(next.servicePorts == [10001, 10002, 10003, 10007])
    }

    @Test func `mappings and port definitions get the same ports`() throws {
        var allocator = ServicePortAllocator()
        let assigned = try allocator.assign(
            to: app(
                #"{"id":"a","container":{"docker":{"image":"i","network":"BRIDGE","portMappings":[{"containerPort":1},{"containerPort":2}]}}}"#
            ),
            previous: nil)
        #expect(assigned.portMappings.map(\.servicePort) == [10000, 10001])
        #expect(assigned.portDefinitions.map(\.port) == [10000, 10001])
    }

    @Test func `an exhausted range is refused`() throws {
        var allocator = ServicePortAllocator(range: 10000..<10001)
        #expect(throws: AppInputError.illegal("All ports in the range [10000-10001) are already in use")) {
            try allocator.assign(to: app(#"{"id":"a","cmd":"x","ports":[0,0]}"#), previous: nil)
        }
    }
}
