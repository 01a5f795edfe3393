import ResourceModel
import Testing

@testable import MesosAgent

@Suite("Flags of resources, attributes and durations") struct ResourceTextTests {
    @Test func `the text form knows scalars, ranges, sets and roles`() throws {
        let entries = try ResourceText.resources("cpus:8; mem(prod):4096;ports:[31000-32000, 1-2];disks:{sda,sdb}", defaultRole: "*")
        #expect(
            entries == [
                .scalar("cpus", 8), .scalar("mem", 4096, role: "prod"), .ranges("ports", [1...2, 31000...32000]),
                .set("disks", ["sda", "sdb"]),
            ])
    }

    @Test func `the JSON form takes the default role where none is written`() throws {
        let text = #"[{"name":"cpus","type":"SCALAR","scalar":{"value":2}},{"name":"mem","type":"SCALAR","scalar":{"value":5},"role":"*"}]"#
        #expect(
            try ResourceText.resources(text, defaultRole: "slave_public") == [.scalar("cpus", 2, role: "slave_public"), .scalar("mem", 5)])
    }

    @Test(arguments: ["cpus", "cpus:", ":1", "cpus:abc", "cpus:-1", "ports:[5-1]", "cpus( ):1", "[{\"name\":1}]", "cpus(a,b):1"])
    func `nonsense is refused`(text: String) {
        #expect(throws: ResourceText.Malformed.self) { try ResourceText.resources(text, defaultRole: "*") }
    }

    @Test func `attributes may be text`() throws {
        let attributes = try ResourceText.attributes("rack:r1;level:[1-3];w:1.5;zone:{a,b};url:http://x:1")
        #expect(attributes.map(\.type) == [.text, .ranges, .scalar, .set, .text])
        #expect(attributes.last?.text?.value == "http://x:1")
    }

    @Test func `what is not named is detected`() {
        let machine = Machine(processors: 4, memory: 8192, disk: 100_000)
        let resources = Resources(machine.complete([.scalar("cpus", 1)], role: "r"))
        #expect(resources.cpus == 1 && resources.mem == 7168 && resources.disk == 94880)
        #expect(resources.ranges("ports").description == "[31000-32000]")
        let small = Resources(Machine(processors: 1, memory: 1000, disk: 8000).complete([], role: "*"))
        #expect(small.mem == 500 && small.disk == 4000)
    }

    @Test(arguments: [
        ("5secs", "5secs"), ("15mins", "15mins"), ("1weeks", "1weeks"), ("90secs", "90secs"), ("500ms", "500ms"), ("120secs", "2mins"),
    ])
    func `durations are read and printed`(text: String, printed: String) {
        #expect(MesosDuration(text: text)?.description == printed)
    }

    @Test(arguments: ["", "5", "secs", "-1secs", "5 parsecs"]) func `what is no duration is refused`(text: String) {
        #expect(MesosDuration(text: text) == nil)
    }
}
