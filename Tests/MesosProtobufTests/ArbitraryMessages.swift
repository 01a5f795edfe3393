import FoundationEssentials
import ResourceModel

/// Random messages whose every field may be set or not.
struct ArbitraryMessages {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func maybe<Value>(_ make: (inout Self) -> Value) -> Value? {
        Bool.random(using: &generator) ? make(&self) : nil
    }

    mutating func several<Value>(_ make: (inout Self) -> Value) -> [Value] {
        (0..<Int.random(in: 0...3, using: &generator)).map { _ in make(&self) }
    }

    mutating func one<Value>(of values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &generator)] }

    mutating func text() -> String { one(of: ["", "a", "demo-1", "ünïcödé ☃", "with \"quotes\" and \\", "line\nbreak", "\u{0}"]) }
    mutating func number() -> Double { one(of: [0, 0.1, 1, 1.5, 1e-9, 123_456_789.123, -3]) }
    mutating func count() -> Int { Int.random(in: 0...65_535, using: &generator) }
    mutating func time() -> TimeInfo { TimeInfo(nanoseconds: one(of: [0, 1, -1, Int64.max, Int64.min, 1_480_000_000_000_000_000])) }
    mutating func base64() -> String {
        Data((0..<Int.random(in: 0...20, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) })
            .base64EncodedString()
    }

    mutating func labels() -> Labels { Labels(several { Label(key: $0.text(), value: $0.maybe { $0.text() }) }) }

    mutating func resource() -> Resource {
        var resource =
            switch Int.random(in: 0...2, using: &generator) {
            case 0: Resource.scalar(text(), number())
            case 1:
                Resource.ranges(
                    "ports",
                    several { arbitrary -> ClosedRange<UInt64> in
                        let begin = UInt64.random(in: 0...UInt64.max / 2, using: &arbitrary.generator)
                        return begin...(begin + 7)
                    })
            default: Resource.set(text(), several { $0.text() })
            }
        resource.role = one(of: ["*", "web", "a/b"])
        resource.reservation = maybe { Resource.Reservation(principal: $0.maybe { $0.text() }, labels: $0.maybe { $0.labels() }) }
        resource.revocable = maybe { _ in Resource.Revocable() }
        resource.disk = maybe {
            Resource.Disk(
                persistence: $0.maybe { .init(id: $0.text(), principal: $0.maybe { $0.text() }) },
                volume: $0.maybe { Volume(container_path: $0.text(), host_path: $0.maybe { $0.text() }, mode: $0.one(of: ["RW", "RO"])) },
                source: $0.maybe { .init(type: $0.one(of: [.path, .mount]), root: $0.text()) })
        }
        resource.allocation_info = maybe { Resource.AllocationInfo(role: $0.maybe { $0.text() }) }
        return resource
    }

    mutating func command() -> CommandInfo {
        var command = CommandInfo()
        command.uris = several {
            var uri = CommandInfo.URI(value: $0.text())
            uri.executable = $0.maybe { $0.one(of: [true, false]) }
            uri.extract = $0.one(of: [true, false])
            return uri
        }
        command.environment = maybe {
            Environment(variables: $0.several { Environment.Variable(name: $0.text(), value: $0.text()) })
        }
        command.value = maybe { $0.text() }
        command.shell = one(of: [true, false])
        command.arguments = several { $0.text() }
        return command
    }

    mutating func task() -> TaskInfo {
        var task = TaskInfo(name: text(), task_id: TaskID(text()), agent_id: AgentID(text()), resources: several { $0.resource() })
        task.command = maybe { $0.command() }
        task.executor = maybe {
            var executor = ExecutorInfo(executor_id: ExecutorID($0.text()), command: $0.command())
            executor.data = $0.maybe { $0.base64() }
            executor.resources = $0.several { $0.resource() }
            executor.shutdown_grace_period = $0.maybe { $0.time() }
            executor.type = $0.maybe { $0.one(of: ["DEFAULT", "CUSTOM"]) }
            return executor
        }
        task.data = maybe { $0.base64() }
        task.labels = maybe { $0.labels() }
        task.kill_policy = maybe { KillPolicy(grace_period: $0.maybe { $0.time() }) }
        task.discovery = maybe {
            var discovery = DiscoveryInfo(visibility: $0.one(of: ["FRAMEWORK", "CLUSTER", "EXTERNAL"]), name: $0.maybe { $0.text() })
            discovery.ports = $0.maybe {
                DiscoveryInfo.Ports(ports: $0.several { .init(number: $0.count(), name: $0.maybe { $0.text() }, protocol: "tcp") })
            }
            return discovery
        }
        task.container = maybe {
            var container = ContainerInfo(type: $0.one(of: ["DOCKER", "MESOS"]))
            container.mesos = $0.maybe { .init(image: .init(docker: .init(name: $0.text()), cached: $0.one(of: [true, false]))) }
            container.network_infos = $0.several { NetworkInfo(ip_addresses: [.init(ip_address: $0.text())], name: $0.maybe { $0.text() }) }
            return container
        }
        return task
    }

    mutating func status() -> TaskStatus {
        var status = TaskStatus(task_id: TaskID(text()), state: one(of: TaskState.allCases))
        status.data = maybe { $0.base64() }
        status.message = maybe { $0.text() }
        status.agent_id = maybe { AgentID($0.text()) }
        status.timestamp = maybe { $0.number() }
        status.executor_id = maybe { ExecutorID($0.text()) }
        status.healthy = maybe { $0.one(of: [true, false]) }
        status.source = maybe { $0.one(of: ["SOURCE_MASTER", "SOURCE_AGENT", "SOURCE_EXECUTOR"]) }
        status.reason = maybe { $0.one(of: ["REASON_RECONCILIATION", "REASON_TASK_INVALID", "REASON_AGENT_REMOVED"]) }
        status.uuid = maybe { $0.base64() }
        status.labels = maybe { $0.labels() }
        return status
    }

    mutating func call() -> SchedulerCall {
        var call = SchedulerCall(type: one(of: [.subscribe, .accept, .kill, .acknowledge, .reconcile, .message, .revive]))
        call.framework_id = maybe { FrameworkID($0.text()) }
        switch call.type {
        case .subscribe:
            var framework = FrameworkInfo(user: text(), name: text())
            framework.id = maybe { FrameworkID($0.text()) }
            framework.failover_timeout = number()
            framework.checkpoint = one(of: [true, false])
            framework.role = one(of: ["*", "web"])
            framework.roles = several { $0.text() }
            framework.capabilities = several { .init(type: $0.one(of: ["GPU_RESOURCES", "MULTI_ROLE", "PARTITION_AWARE"])) }
            framework.labels = maybe { $0.labels() }
            call.subscribe = .init(framework_info: framework)
        case .accept:
            call.accept = .init(
                offer_ids: several { OfferID($0.text()) },
                operations: several { arbitrary in
                    switch Int.random(in: 0...4, using: &arbitrary.generator) {
                    case 0: .launch(arbitrary.several { $0.task() })
                    case 1: .reserve(arbitrary.several { $0.resource() })
                    case 2: .unreserve(arbitrary.several { $0.resource() })
                    case 3: .create(arbitrary.several { $0.resource() })
                    default: .destroy(arbitrary.several { $0.resource() })
                    }
                },
                filters: maybe { Filters(refuse_seconds: $0.number()) })
        case .kill:
            call.kill = .init(
                task_id: TaskID(text()), agent_id: maybe { AgentID($0.text()) }, kill_policy: maybe { KillPolicy(grace_period: $0.time()) })
        case .acknowledge: call.acknowledge = .init(agent_id: AgentID(text()), task_id: TaskID(text()), uuid: base64())
        case .reconcile:
            call.reconcile = .init(tasks: several { .init(task_id: TaskID($0.text()), agent_id: $0.maybe { AgentID($0.text()) }) })
        case .message: call.message = .init(agent_id: AgentID(text()), executor_id: ExecutorID(text()), data: base64())
        default: call.revive = maybe { .init(roles: $0.several { $0.text() }) }
        }
        return call
    }

    mutating func event() -> SchedulerEvent {
        var event = SchedulerEvent(type: one(of: [.subscribed, .offers, .update, .failure, .error, .heartbeat]))
        switch event.type {
        case .subscribed:
            event.subscribed = .init(
                framework_id: FrameworkID(text()),
                master_info: maybe { _ in MasterInfo(id: "m", ip: "10.0.1.1", port: 5050, version: "1.0.3") } ?? nil)
        case .offers:
            event.offers = .init(
                offers: several {
                    var offer = Offer(
                        id: OfferID($0.text()), framework_id: FrameworkID($0.text()), agent_id: AgentID($0.text()), hostname: $0.text(),
                        resources: $0.several { $0.resource() }, attributes: $0.several { .text($0.text(), $0.text()) })
                    offer.executor_ids = $0.several { ExecutorID($0.text()) }
                    offer.unavailability = $0.maybe { Unavailability(start: $0.time(), duration: $0.maybe { $0.time() }) }
                    return offer
                })
        case .update: event.update = .init(status: status())
        case .failure:
            event.failure = .init(
                agent_id: maybe { AgentID($0.text()) }, executor_id: maybe { ExecutorID($0.text()) },
                status: maybe { $0.one(of: [-1, 0, 9]) })
        case .error: event.error = .init(message: text())
        default: break
        }
        return event
    }
}
