import Testing

@testable import ResourceModel

@Suite("Reservations and volumes")
struct ReservationOperationTests {
    static func reserved(_ name: String, _ value: Double, role: String = "kafka", principal: String? = "ops") -> Resource {
        var resource = Resource.scalar(name, value, role: role)
        resource.reservation = .init(principal: principal)
        return resource
    }

    static func volume(
        _ value: Double, id: String = "v1", path: String = "data", mode: String = "RW", source: Resource.Disk.Source? = nil
    ) -> Resource {
        var resource = reserved("disk", value)
        resource.disk = .init(
            persistence: .init(id: id), volume: Volume(container_path: path, mode: mode), source: source)
        return resource
    }

    private let total = Resources([.scalar("cpus", 4), .scalar("mem", 1024), .scalar("disk", 500)])

    private func problem(
        _ kind: ReservationOperation.Kind, _ resources: [Resource], principal: String? = nil, role: String? = nil,
        checkpointed: [Resource] = []
    ) -> String? {
        do {
            try ReservationOperation(kind, resources).validate(
                in: .init(principal: principal, role: role, checkpointed: Resources(checkpointed)))
            return nil
        } catch {
            return error.description
        }
    }

    @Test("RESERVE and UNRESERVE are each other's opposite")
    func roundTrip() throws {
        let reserved = [Self.reserved("cpus", 1.5), Self.reserved("mem", 100)]
        let after = try ReservationOperation(.reserve, reserved).applied(to: total)
        #expect(after.filter { $0.role == "kafka" } == Resources(reserved))
        #expect(after.scalarThousandths == total.scalarThousandths)
        #expect(try ReservationOperation(.unreserve, reserved).applied(to: after) == total)
    }

    @Test("CREATE and DESTROY are each other's opposite")
    func volumeRoundTrip() throws {
        let base = try ReservationOperation(.reserve, [Self.reserved("disk", 200)]).applied(to: total)
        let after = try ReservationOperation(.create, [Self.volume(64)]).applied(to: base)
        #expect(after.checkpointed == Resources([Self.reserved("disk", 136), Self.volume(64)]))
        #expect(try ReservationOperation(.destroy, [Self.volume(64)]).applied(to: after) == base)
    }

    @Test("What is not there cannot be turned into anything")
    func insufficient() {
        let operation = ReservationOperation(.reserve, [Self.reserved("cpus", 5)])
        #expect(throws: ReservationOperation.Problem.self) { try operation.applied(to: total) }
        #expect(throws: ReservationOperation.Problem.self) {
            try ReservationOperation(.create, [Self.volume(64)]).applied(to: total)
        }
    }

    @Test("RESERVE needs a role and a reservation, of the framework's role and principal")
    func reserveRules() {
        #expect(problem(.reserve, [Self.reserved("cpus", 1)], principal: "ops", role: "kafka") == nil)
        #expect(problem(.reserve, [.scalar("cpus", 1, role: "kafka")])?.hasPrefix("Invalid RESERVE operation: ") == true)
        #expect(problem(.reserve, []) != nil)
        #expect(problem(.reserve, [Self.reserved("cpus", 1)], role: "spark")?.contains("does not match") == true)
        #expect(problem(.reserve, [Self.reserved("cpus", 1, role: "*")], role: "*") != nil)
        #expect(problem(.reserve, [Self.reserved("cpus", 1)], principal: "other")?.contains("principal 'other'") == true)
        #expect(problem(.reserve, [Self.reserved("cpus", 1, principal: nil)], principal: "other")?.contains("no principal") == true)
        #expect(problem(.reserve, [Self.volume(1)]) != nil)
        var revocable = Self.reserved("cpus", 1)
        revocable.revocable = .init()
        #expect(problem(.reserve, [revocable]) != nil)
    }

    @Test("UNRESERVE refuses static reservations and volumes")
    func unreserveRules() {
        #expect(problem(.unreserve, [Self.reserved("cpus", 1)]) == nil)
        #expect(problem(.unreserve, [.scalar("cpus", 1, role: "kafka")]) != nil)
        #expect(problem(.unreserve, [Self.volume(64)])?.hasSuffix("destroy the volume first") == true)
    }

    @Test("CREATE checks id, mode, paths, role and that the id is new to the role")
    func createRules() {
        #expect(problem(.create, [Self.volume(64)]) == nil)
        #expect(problem(.create, [Self.volume(64, path: "/abs")]) == nil)
        for id in ["", "a/b", "a\u{1}", ".."] { #expect(problem(.create, [Self.volume(64, id: id)]) != nil) }
        #expect(problem(.create, [Self.volume(64, mode: "RO")]) != nil)
        #expect(problem(.create, [Self.volume(64, path: "")]) != nil)
        #expect(problem(.create, [Self.volume(64, path: "../up")]) != nil)
        #expect(problem(.create, [Self.volume(64), Self.volume(32)]) != nil)
        #expect(problem(.create, [Self.volume(64)], checkpointed: [Self.volume(1)])?.contains("already exists") == true)
        #expect(problem(.create, [Self.volume(64, id: "v2")], checkpointed: [Self.volume(1)]) == nil)
        #expect(problem(.create, [Self.reserved("disk", 64)]) != nil)
        var hosted = Self.volume(64)
        hosted.disk?.volume?.host_path = "/mnt"
        #expect(problem(.create, [hosted]) != nil)
        var unreserved = Self.volume(64)
        unreserved.reservation = nil
        unreserved.role = "*"
        #expect(problem(.create, [unreserved]) != nil)
    }

    @Test("DESTROY needs a volume that exists")
    func destroyRules() {
        #expect(problem(.destroy, [Self.volume(64)], checkpointed: [Self.volume(64)]) == nil)
        #expect(
            problem(.destroy, [Self.volume(64)])
                == "Invalid DESTROY operation: Persistent volume disk(kafka, ops)[v1:data]:64.0 does not exist")
        #expect(problem(.destroy, [Self.reserved("disk", 64)]) != nil)
    }

    @Test("Volumes and MOUNT disks are taken whole")
    func whole() throws {
        let mount = Resource.Disk.Source(type: .mount, root: "/mnt/a")
        var disk = Resource.scalar("disk", 100)
        disk.disk = .init(source: mount)
        var part = disk
        part.scalar = ScalarValue(value: 50)
        let resources = Resources([disk])
        #expect(!resources.contains(Resources([part])))
        #expect(resources - Resources([part]) == resources)
        #expect((resources - Resources([disk])).isEmpty)
        #expect(!Resources([Self.volume(64)]).contains(Resources([Self.volume(32)])))
        var whole = Self.reserved("disk", 100)
        whole.disk = .init(source: mount)
        let reserved = try ReservationOperation(.reserve, [whole]).applied(to: resources)
        #expect(throws: ReservationOperation.Problem.self) {
            try ReservationOperation(.create, [Self.volume(64, source: mount)]).applied(to: reserved)
        }
        let volume = try ReservationOperation(.create, [Self.volume(100, source: mount)]).applied(to: reserved)
        #expect(volume == Resources([Self.volume(100, source: mount)]))
    }

    @Test("An agent's total is its own resources with what is checkpointed")
    func applyingCheckpointed() {
        let own = total + Resources([.scalar("disk", 100, role: "static")])
        var onStatic = Resource.scalar("disk", 30, role: "static")
        onStatic.disk = .init(persistence: .init(id: "s"), volume: Volume(container_path: "s", mode: "RW"))
        let entries = [Self.reserved("cpus", 1), Self.volume(64), onStatic]
        let all = own.applying(checkpointed: entries)
        #expect(all.checkpointed == Resources(entries))
        #expect(all.scalarThousandths == own.scalarThousandths)
        #expect(all.filter { $0.role == "static" && $0.disk == nil }.disk == 70)
        #expect(own.applying(checkpointed: [Self.reserved("cpus", 9)]) == own)
    }
}
