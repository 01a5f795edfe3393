import Testing

@testable import ObjectStorage

@Suite struct UTCTimeTests {
    @Test func `writes the forms of the signatures`() throws {
        let time = UTCTime(milliseconds: 1_369_353_600_000)
        #expect(time.basic == "20130524T000000Z")
        #expect(time.http == "Fri, 24 May 2013 00:00:00 GMT")
        #expect(UTCTime(milliseconds: 951_827_696_789).http == "Tue, 29 Feb 2000 12:34:56 GMT")
        #expect(UTCTime(milliseconds: 951_827_696_789).basic == "20000229T123456Z")
    }

    @Test func `reads the forms of the listings`() {
        #expect(UTCTime(iso8601: "2000-02-29T12:34:56.789Z")?.milliseconds == 951_827_696_789)
        #expect(UTCTime(iso8601: "2000-02-29T12:34:56Z")?.milliseconds == 951_827_696_000)
        #expect(UTCTime(iso8601: "2000-02-29T12:34:56.7Z")?.milliseconds == 951_827_696_700)
        #expect(UTCTime(iso8601: "2000-02-29T12:34:56.789123456Z")?.milliseconds == 951_827_696_789)
        #expect(UTCTime(http: "Tue, 29 Feb 2000 12:34:56 GMT")?.milliseconds == 951_827_696_000)
        #expect(UTCTime(iso8601: "1969-12-31T23:59:59.999Z")?.milliseconds == -1)
    }

    @Test(arguments: [
        "", "2000-13-01T00:00:00Z", "2000-02-29 12:34:56Z", "2000-02-29T12:34:56+01:00", "20x0-02-29T12:34:56Z", "2000-02-29T12:34:56.Z",
    ])
    func `refuses what is no such time`(text: String) {
        #expect(UTCTime(iso8601: text) == nil)
    }

    @Test func `reading what was written gives the same second, over four centuries`() {
        for seed in 1...2000 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let seconds = Int64.random(in: -6_000_000_000...6_000_000_000, using: &random)
            #expect(UTCTime(http: UTCTime(milliseconds: seconds * 1000).http)?.milliseconds == seconds * 1000, "seed \(seed)")
        }
    }
}
