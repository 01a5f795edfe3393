import AppModel
import OfferMatcher
import ResourceModel
import Testing

@Suite struct TaskInfoTests {
    func task(_ text: String, builder: TaskInfoBuilder = TaskInfoBuilder(user: "root")) throws -> TaskInfo {
        let launch = try #require(
            match(offer([.scalar("cpus", 4), .scalar("mem", 1024), .ranges("ports", [31000...31000])]), [try app(text)]).launches.first)
        return builder.taskInfo(for: launch, taskID: "prod_web.1")
    }

    @Test func `a shell command with its name, labels, discovery and kill policy`() throws {
        let task = try task(
            #"{"id":"/prod/web","cmd":"sleep 1","labels":{"b":"2","a":"1"},"portDefinitions":[{"name":"http","labels":{"VIP_0":"1.2.3.4:80"}}],"taskKillGracePeriodSeconds":7,"uris":["http://x/a.tgz"]}"#
        )
        #expect(task.name == "web.prod")
        #expect(task.command?.value == "sleep 1")
        #expect(task.command?.shell == true)
        #expect(task.command?.user == "root")
        #expect(task.command?.uris.first?.extract == true)
        #expect(task.labels == Labels([Label(key: "a", value: "1"), Label(key: "b", value: "2")]))
        #expect(
            task.discovery
                == DiscoveryInfo(
                    name: "web.prod",
                    ports: .init(ports: [
                        .init(number: 31000, name: "http", protocol: "tcp", labels: Labels([Label(key: "VIP_0", value: "1.2.3.4:80")]))
                    ])))
        #expect(task.kill_policy == KillPolicy(grace_period: DurationInfo(nanoseconds: 7_000_000_000)))
        let variables = Dictionary(
            uniqueKeysWithValues: (task.command?.environment?.variables ?? []).map { ($0.name, $0.value) })
        #expect(variables["PORT0"] == "31000")
        #expect(variables["HOST"] == "10.0.0.1")
        #expect(variables["MARATHON_APP_ID"] == "/prod/web")
        #expect(task.container == nil)
        #expect(task.executor == nil)
    }

    @Test func `arguments run without a shell`() throws {
        let bare = try task(#"{"id":"x","args":["/bin/echo","a"],"user":"me"}"#).command
        #expect(bare?.shell == false)
        #expect(bare?.value == "/bin/echo")
        #expect(bare?.arguments == ["/bin/echo", "a"])
        #expect(bare?.user == "me")
        let inImage = try task(#"{"id":"x","args":["a"],"container":{"docker":{"image":"i"}}}"#).command
        #expect(inImage?.value == nil)
        #expect(inImage?.arguments == ["a"])
    }

    @Test func `a Docker container carries image, network and mappings`() throws {
        let container = try task(
            #"{"id":"x","container":{"docker":{"image":"i","network":"BRIDGE","portMappings":[{"containerPort":80,"protocol":"tcp,udp"}],"privileged":true,"parameters":[{"key":"k","value":"v"}],"forcePullImage":true},"volumes":[{"containerPath":"/a","hostPath":"/b","mode":"RO"}]}}"#
        ).container
        #expect(container?.type == "DOCKER")
        #expect(container?.docker?.image == "i")
        #expect(container?.docker?.network == "BRIDGE")
        #expect(
            container?.docker?.port_mappings == [
                .init(host_port: 31000, container_port: 80, protocol: "tcp"), .init(host_port: 31000, container_port: 80, protocol: "udp"),
            ])
        #expect(container?.docker?.privileged == true)
        #expect(container?.docker?.force_pull_image == true)
        #expect(container?.volumes == [Volume(container_path: "/a", host_path: "/b", mode: "RO")])
    }

    @Test func `a Mesos image and an address of its own`() throws {
        let container = try task(
            #"{"id":"x","container":{"type":"MESOS","docker":{"image":"i","forcePullImage":true}},"ipAddress":{"networkName":"dcos","groups":["g"]}}"#
        ).container
        #expect(container?.mesos?.image?.docker?.name == "i")
        #expect(container?.mesos?.image?.cached == false)
        #expect(container?.network_infos.first?.name == "dcos")
        #expect(container?.network_infos.first?.groups == ["g"])
        #expect(try task(#"{"id":"x","cmd":"a","ipAddress":{}}"#).container?.type == "MESOS")
    }

    @Test func `the first check of the agent's goes with the task`() throws {
        let command = try task(
            #"{"id":"x","cmd":"a","healthChecks":[{"protocol":"HTTP"},{"protocol":"COMMAND","command":{"value":"true"},"maxConsecutiveFailures":0},{"protocol":"MESOS_TCP"}]}"#
        ).health_check
        #expect(command?.type == "COMMAND")
        #expect(command?.command?.value == "true")
        #expect(command?.consecutive_failures == 0)
        #expect(command?.delay_seconds == 0)
        let http = try task(#"{"id":"x","cmd":"a","healthChecks":[{"protocol":"MESOS_HTTPS","path":"/h"}]}"#).health_check
        #expect(http?.http == HealthCheckInfo.HTTP(port: 31000, path: "/h", scheme: "https"))
        #expect(http?.delay_seconds == 15)
        #expect(try task(#"{"id":"x","cmd":"a","healthChecks":[{}]}"#).health_check == nil)
    }

    @Test func `a custom executor takes the place of the command`() throws {
        let task = try task(#"{"id":"x","cmd":"a b","executor":"/opt/it's"}"#)
        #expect(task.command == nil)
        #expect(task.executor?.executor_id.value == "marathon-prod_web.1")
        #expect(task.executor?.command.value == #"chmod ug+rx '/opt/it'\''s' && exec '/opt/it'\''s' a b"#)
    }
}

@Suite struct OfferStatisticsTests {
    @Test func `reasons add up and the newest offers are shown`() {
        var statistics = OfferStatistics(since: now)
        statistics.record(reasons: [.insufficientCpus, .insufficientPorts], offer: offer(), now: now)
        statistics.record(reasons: [.insufficientCpus], offer: offer(), now: now + .seconds(1))
        statistics.record(reasons: [], offer: offer(hostname: "other"), now: now + .seconds(2))
        let summary = statistics.summaryJSON
        #expect(statistics.topReason == .insufficientCpus)
        #expect(summary["processedOffersCount"] == 3)
        #expect(summary["unusedOffersCount"] == 2)
        #expect(
            summary["rejectSummaryLaunchAttempt"]?.array?.contains(["reason": "InsufficientCpus", "declined": 2, "processed": 3]) == true)
        #expect(statistics.lastUnusedOffersJSON == [])
    }
}
