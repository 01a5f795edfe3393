import AppModel
import OfferMatcher
import ResourceModel
import Testing

@Suite struct OfferMatcherTests {
    @Test func `a task takes what it asks for, and no disk when it asks for none`() throws {
        let match = match(offer(), [try app(#"{"id":"x","cmd":"a","cpus":0.1,"mem":32}"#)])
        let launch = try #require(match.launches.first)
        #expect(launch.resources.filter { $0.name != "ports" } == [.scalar("cpus", 0.1), .scalar("mem", 32)])
        let port = UInt64(try #require(launch.hostPorts.first))
        #expect(launch.resources.last == .ranges("ports", [port...port]))
        #expect(match.rejections.isEmpty)
    }

    @Test func `an offer takes tasks until it is full`() throws {
        let match = match(offer(), [try app(#"{"id":"x","cmd":"a","cpus":1}"#)], count: 9, matcher: OfferMatcher(maxTasksPerOffer: 100))
        #expect(match.launches.count == 4)
        #expect(match.rejections == [try AppID("x"): [.insufficientCpus]])
        #expect(Set(match.launches.flatMap(\.hostPorts)).count == 4)
        #expect(!match.isCutShort)
    }

    @Test func `the limit of tasks per offer cuts it short`() throws {
        let match = match(offer(), [try app(#"{"id":"x","cmd":"a","cpus":0.1}"#)], count: 9)
        #expect(match.launches.count == 5)
        #expect(match.isCutShort)
    }

    @Test func `apps take turns`() throws {
        let apps = try ["a", "b"].map { try app(#"{"id":"\#($0)","cmd":"x","cpus":1}"#) }
        let launched = match(offer(), apps, count: 9).launches.map(\.app.id.description)
        #expect(launched.sorted() == ["/a", "/a", "/b", "/b"])
        #expect(launched[0] != launched[1])
    }

    @Test(arguments: [
        (#"{"id":"x","cmd":"a","cpus":5}"#, [RejectionReason.insufficientCpus]),
        (#"{"id":"x","cmd":"a","mem":2000}"#, [.insufficientMemory]),
        (#"{"id":"x","cmd":"a","disk":2000}"#, [.insufficientDisk]), (#"{"id":"x","cmd":"a","gpus":1}"#, [.insufficientGpus]),
        (#"{"id":"x","cmd":"a","ports":[8080],"requirePorts":true}"#, [.insufficientPorts]),
        (#"{"id":"x","cmd":"a","acceptedResourceRoles":["slave_public"]}"#, [.unfulfilledRole]),
        (#"{"id":"x","cmd":"a","constraints":[["rack","CLUSTER","r"]],"cpus":5}"#, [.unfulfilledConstraint, .insufficientCpus]),
        (
            #"{"id":"x","cmd":"a","container":{"type":"MESOS","volumes":[{"containerPath":"d","mode":"RW","persistent":{"size":1}}]}}"#,
            [.noCorrespondingReservation]
        ),
    ])
    func `a rejection says why`(text: String, reasons: [RejectionReason]) throws {
        #expect(match(offer(), [try app(text)]).rejections == [try AppID("x"): reasons])
    }

    @Test func `several entries of one resource are combined, each with its role`() throws {
        let offer = offer([
            .scalar("cpus", 1, role: "*"), .scalar("cpus", 1, role: "pub"), .scalar("mem", 500, role: "pub"),
            .ranges("ports", [5...5], role: "pub"), .ranges("ports", [9...9], role: "other"),
        ])
        let launch = match(offer, [try app(#"{"id":"x","cmd":"a","cpus":1.5,"acceptedResourceRoles":["*","pub"]}"#)]).launches.first
        #expect(
            launch?.resources == [
                .scalar("cpus", 1), .scalar("cpus", 0.5, role: "pub"), .scalar("mem", 128, role: "pub"),
                .ranges("ports", [5...5], role: "pub"),
            ])
    }

    @Test func `volumes, revocable resources and reservations for tasks are left alone`() throws {
        var volume = Resource.scalar("disk", 1000)
        volume.disk = Resource.Disk()
        var reserved = Resource.scalar("cpus", 8, role: "pub")
        reserved.reservation = Resource.Reservation(labels: Labels([Label(key: "marathon_task_id", value: "x.1")]))
        var revocable = Resource.scalar("cpus", 8)
        revocable.revocable = Resource.Revocable()
        let offer = offer([volume, reserved, revocable, .scalar("mem", 1000)])
        let rejections = match(
            offer, [try app(#"{"id":"x","cmd":"a","disk":1,"ports":[],"acceptedResourceRoles":["*","pub"]}"#)]
        ).rejections
        #expect(rejections.values.first == [.insufficientCpus, .insufficientDisk])
    }

    @Test func `required ports are taken exactly`() throws {
        let launch = match(offer(), [try app(#"{"id":"x","cmd":"a","ports":[31005,31001],"requirePorts":true}"#)]).launches.first
        #expect(launch?.hostPorts == [31005, 31001])
    }

    @Test func `mappings choose between fixed, random and no host port`() throws {
        let definition = try app(
            #"{"id":"x","container":{"docker":{"image":"i","network":"USER","portMappings":[{"containerPort":80},{"containerPort":81,"hostPort":31000},{"containerPort":0,"hostPort":0},{"containerPort":0}]}}}"#
        )
        let launch = try #require(
            match(offer([.scalar("cpus", 1), .scalar("mem", 128), .ranges("ports", [31000...31001])]), [definition]).launches.first)
        #expect(launch.hostPorts == [31000, 31001])
        #expect(launch.generatedPorts.count == 1)
        #expect(launch.ports.entries.map(\.containerPort) == [80, 81, 31001, launch.generatedPorts[0]])
    }

    @Test func `what is launched leaves the queue and counts for the next offer`() throws {
        var queue = [LaunchRequest(app: try app(#"{"id":"x","cmd":"a","constraints":[["hostname","UNIQUE"]]}"#), count: 2)]
        var random = SeededGenerator(seed: 1)
        #expect(OfferMatcher().match(offer(hostname: "h1"), queue: &queue, using: &random).launches.count == 1)
        #expect(queue[0].count == 1)
        #expect(OfferMatcher().match(offer(hostname: "h1"), queue: &queue, using: &random).launches.isEmpty)
        #expect(OfferMatcher().match(offer(hostname: "h2"), queue: &queue, using: &random).launches.count == 1)
    }
}

@Suite struct OfferMatcherPropertyTests {
    /// Random offers and apps: what is taken is part of the offer, complete, and keeps the constraints.
    @Test func `launches never exceed the offer and always get what they need`() throws {
        for seed in UInt64(0)..<500 {
            var random = SeededGenerator(seed: seed)
            let roles = ["*", "pub"]
            var resources: [Resource] = []
            for name in ["cpus", "mem", "disk"] {
                for role in roles where random.chance(70) {
                    resources.append(.scalar(name, Double(Int.random(in: 0...4000, using: &random)) / 10, role: role))
                }
            }
            for role in roles where random.chance(80) {
                let low = UInt64.random(in: 1000...2000, using: &random) + (role == "*" ? 0 : 50_000)
                resources.append(
                    .ranges("ports", [low...(low + UInt64.random(in: 0...5, using: &random)), (low + 10)...(low + 12)], role: role))
            }
            let offer = offer(resources)
            var queue: [LaunchRequest] = []
            for index in 0..<Int.random(in: 1...4, using: &random) {
                var definition = AppDefinition(id: try AppID("/a\(index)"), version: now)
                definition.cpus = Double(Int.random(in: 0...50, using: &random)) / 10
                definition.mem = Double(Int.random(in: 0...300, using: &random))
                definition.disk = random.chance(30) ? 10 : 0
                definition.portDefinitions = (0..<Int.random(in: 0...4, using: &random)).map { _ in PortDefinition() }
                if random.chance(50) { definition.acceptedResourceRoles = [roles[Int.random(in: 0...1, using: &random)]] }
                if random.chance(30) { definition.constraints = [Constraint("hostname", .maxPer, "2")] }
                queue.append(LaunchRequest(app: definition, count: Int.random(in: 0...6, using: &random)))
            }
            let wanted = queue
            let match = OfferMatcher(defaultRoles: ["*", "pub"], maxTasksPerOffer: 20).match(offer, queue: &queue, using: &random)
            let taken = match.launches.reduce(into: Resources()) { $0 += Resources($1.resources) }
            try #require(Resources(offer.resources).contains(taken), "seed \(seed)")
            for launch in match.launches {
                let got = Resources(launch.resources)
                try #require(got.thousandths("cpus") == Int64((launch.app.cpus * 1000).rounded()), "seed \(seed)")
                try #require(got.mem == launch.app.mem && got.disk == launch.app.disk, "seed \(seed)")
                try #require(got.ranges("ports").count == launch.app.portDefinitions.count, "seed \(seed)")
                try #require(Set(launch.hostPorts).count == launch.app.portDefinitions.count, "seed \(seed)")
                if let accepted = launch.app.acceptedResourceRoles {
                    try #require(launch.resources.allSatisfy { accepted.contains($0.role) }, "seed \(seed)")
                }
            }
            let allPorts = match.launches.flatMap(\.hostPorts)
            try #require(Set(allPorts).count == allPorts.count, "seed \(seed)")
            for (before, after) in zip(wanted, queue) {
                let launched = match.launches.count { $0.app.id == before.app.id }
                try #require(before.count - after.count == launched, "seed \(seed)")
                if !before.app.constraints.isEmpty { try #require(launched <= 2, "seed \(seed)") }
                try #require(after.count == 0 || match.isCutShort || match.rejections[after.app.id] != nil, "seed \(seed)")
            }
        }
    }
}
