import AppModel
import Testing

@Suite struct AppIDTests {
    @Test(arguments: [
        ("web", "/prod", "/prod/web"), ("/web", "/prod", "/web"), ("../db", "/prod/web", "/prod/db"), ("//prod//web/", "/", "/prod/web"),
        ("../../..", "/a", "/"), ("./x/./y", "/g", "/g/x/y"), ("a.b-c.d", "/", "/a.b-c.d"), ("", "/g", "/g"),
    ])
    func `a text resolves against its base`(text: String, base: String, expected: String) throws {
        #expect(try AppID(text, relativeTo: AppID(base)).description == expected)
    }

    @Test(arguments: ["Web", "a_b", "-a", "a-", "a..b", ".a", "a.", "a-.b", "a.-b", "ä", "a b", "a%20"])
    func `a segment that breaks the grammar is refused`(text: String) {
        #expect(throws: AppID.InvalidSegment.self) { try AppID(text) }
    }

    @Test func `the safe form leads back to the id`() throws {
        let id = try AppID("/prod/web.front")
        #expect(id.safeForm == "prod_web.front")
        #expect(AppID(safeForm: id.safeForm) == id)
        #expect(id.hostForm == "web.front.prod")
    }

    @Test func `ancestors run from the root down`() throws {
        #expect(try AppID("/a/b/c").ancestors.map(\.description) == ["/", "/a", "/a/b"])
        #expect(AppID.root.ancestors.isEmpty)
    }
}

@Suite struct TimestampTests {
    @Test(arguments: [
        "1970-01-01T00:00:00.000Z", "2016-02-29T23:59:59.999Z", "2000-12-31T00:00:00.001Z", "1969-12-31T23:59:59.999Z",
        "9999-12-31T23:59:59.999Z",
    ])
    func `what is printed reads back`(text: String) {
        #expect(Timestamp(text)?.description == text)
    }

    @Test func `a known instant`() {
        #expect(Timestamp("2016-10-05T12:00:00.000Z")?.milliseconds == 1_475_668_800_000)
    }

    @Test(arguments: [
        ("2016-10-05T12:00:00Z", "2016-10-05T12:00:00.000Z"), ("2016-10-05", "2016-10-05T00:00:00.000Z"),
        ("2016-10-05T12:00:00.1234567+02:00", "2016-10-05T10:00:00.123Z"), ("2016-10-05T12:00-0130", "2016-10-05T13:30:00.000Z"),
    ])
    func `other ISO forms are understood`(text: String, expected: String) {
        #expect(Timestamp(text)?.description == expected)
    }

    @Test(arguments: [
        "", "now", "2016-13-01", "2015-02-29", "2016-10-05T24:00:00Z", "2016-10-05T12:00:00.Z", "2016-10-05T12:00:00Zx", "16-10-05",
    ])
    func `anything else is no time`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `every day of four centuries survives the round trip`() {
        for day in stride(from: Int64(-80_000), to: 80_000, by: 1) {
            let time = Timestamp(milliseconds: day * 86_400_000 + 12_345)
            #expect(Timestamp(time.description) == time)
        }
    }
}

@Suite struct TaskIDTests {
    @Test func `a task id names its app`() throws {
        var generator = TimeUUIDGenerator()
        let id = TaskIDs.taskID(of: try AppID("/prod/web.a"), uuid: generator.next(now: Timestamp(milliseconds: 1_475_668_800_000)))
        #expect(id.hasPrefix("prod_web.a."))
        #expect(TaskIDs.app(of: id)?.description == "/prod/web.a")
        #expect(TaskIDs.app(of: "prod_web_c0e4f2b1-8a7e-11e6-9d2a-02420a00020b")?.description == "/prod/web")
    }

    @Test(arguments: ["", "x", ".x", "x.", "UPPER.c0e4f2b1"])
    func `a malformed id names none`(text: String) {
        #expect(TaskIDs.app(of: text) == nil)
    }

    @Test func `ids of one millisecond differ, and a clock set back repeats none`() {
        var generator = TimeUUIDGenerator()
        var seen: Set<TimeUUID> = []
        for time: Int64 in [5, 5, 5, 4, 3, 6, 6] {
            for _ in 0..<1000 { #expect(seen.insert(generator.next(now: Timestamp(milliseconds: time))).inserted) }
        }
    }

    @Test func `the text is that of a version 1 UUID`() {
        let uuid = TimeUUID(ticks: 0x01B2_1DD2_1381_4000, clockSequence: 0x1234, node: 0x0242_0A00_020B)
        #expect(uuid.description == "13814000-1dd2-11b2-9234-02420a00020b")
    }
}
