import FoundationEssentials
import Testing

@testable import Exhibitor

/// The pure parts of the Explorer.
@Suite struct ExplorerValuesTests {
    @Test(arguments: 0..<100)
    func hexadecimalPairsSurviveTheWayThereAndBack(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let data = Data((0..<Int.random(in: 0...200, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) })
        let text = HexPairs.encode(data)
        #expect(text.utf8.count == data.count * 3)
        #expect(try HexPairs.decode(text.utf8) == data, "seed \(seed)")
        #expect(try HexPairs.decode(text.uppercased().filter { $0 != " " }.utf8) == data, "seed \(seed)")
    }

    @Test func hexadecimalPairsMayBeWrittenInManyWays() throws {
        #expect(try HexPairs.decode("68 69".utf8) == Data("hi".utf8))
        #expect(try HexPairs.decode(" 6 8\n69\t".utf8) == Data("hi".utf8))
        #expect(try HexPairs.decode("".utf8) == Data())
        #expect(throws: HexPairs.Malformed.self) { try HexPairs.decode("686".utf8) }
        #expect(throws: HexPairs.Malformed.self) { try HexPairs.decode("0x68".utf8) }
    }

    @Test func percentEscapesAreDecodedToText() {
        #expect(PercentDecoding.decode("a%20b%2Fc+%C3%A9") == "a b/c+é")
        #expect(PercentDecoding.decode("") == "")
        for bad in ["%", "%2", "%zz", "%ff", "%C3"] { #expect(PercentDecoding.decode(bad) == nil) }
    }

    @Test(arguments: 0..<100)
    func namesAreInTheOrderOfTheirBytes(_ seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let pieces = ["a", "b", "-", "0", "é", "e\u{301}", "Z", "\u{1F600}", "\u{FB01}", "a long piece of text "]
        let names = (0..<50).map { _ in
            (0..<Int.random(in: 1...4, using: &generator)).compactMap { _ in pieces.randomElement(using: &generator) }.joined()
        }
        let sorted = names.sorted(by: ByteOrder.precedes).map { Array($0.utf8) }
        #expect(sorted == names.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }, "seed \(seed)")
    }

    @Test func canonicallyEquivalentNamesAreDifferent() {
        #expect(!ByteOrder.isEqual("é", "e\u{301}"))
        #expect(ByteOrder.precedes("e\u{301}", "é"))
        #expect(ByteOrder.isEqual("é", "é"))
    }

    @Test func theTreeIsOrderedByNumberOnlyWhenEveryNameHasOne() {
        var names = ["b-0000000002", "a-0000000010", "c-0000000001"]
        ChildOrder.sortForTree(&names)
        #expect(names == ["c-0000000001", "b-0000000002", "a-0000000010"])
        names.append("zzz-000000000")
        ChildOrder.sortForTree(&names)
        #expect(names == ["a-0000000010", "b-0000000002", "c-0000000001", "zzz-000000000"])
        var none: [String] = []
        ChildOrder.sortForTree(&none)
        #expect(none.isEmpty)
    }

    @Test(arguments: 0..<200)
    func pagesTogetherAreTheWholeList(_ seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let names = Set((0..<Int.random(in: 0...60, using: &generator)).map { _ in "n\(Int.random(in: 0...200, using: &generator))" })
        let sorted = names.sorted(by: ByteOrder.precedes)
        let match = Bool.random(using: &generator) ? TextMatch("N1") : nil
        let limit = Int.random(in: 1...10, using: &generator)
        var collected: [String] = []
        var after: String?
        repeat {
            let page = ChildPage(of: sorted, after: after, limit: limit, match: match)
            #expect(page.names.count <= limit)
            collected += page.names
            after = page.next
        } while after != nil
        #expect(collected == (match == nil ? sorted : sorted.filter { $0.hasPrefix("n1") || $0.contains("n1") }), "seed \(seed)")
    }

    @Test func aTextIsFoundWhateverItsCase() {
        let match = TextMatch("Mara")
        #expect(match.isFound(in: "marathon"))
        #expect(match.isFound(in: "theMARAthon"))
        #expect(match.isFound(in: "mamara"))
        #expect(!match.isFound(in: "mar"))
        #expect(match.firstRange(in: Data("xx maRA".utf8)) == 3..<7)
        #expect(TextMatch("").isFound(in: "anything"))
    }

    @Test func theCacheKeepsListsAsLongAsTheyAreCurrent() throws {
        var cache = ChildNameCache(limit: 5)
        let (a, b) = (try ZnodePath("/a"), try ZnodePath("/b"))
        cache.insert(["1", "2", "3"], of: a, pzxid: 7)
        #expect(cache.names(of: a, pzxid: 7) == ["1", "2", "3"])
        #expect(cache.names(of: a, pzxid: 8) == nil)
        #expect(cache.names(of: a, pzxid: 7) == nil)
        cache.insert(["1", "2", "3"], of: a, pzxid: 8)
        cache.insert(["1", "2", "3"], of: b, pzxid: 9)
        #expect(cache.names(of: a, pzxid: 8) == nil)
        #expect(cache.names(of: b, pzxid: 9) != nil)
        cache.insert(Array(repeating: "x", count: 10), of: a, pzxid: 10)
        #expect(cache.names(of: a, pzxid: 10)?.count == 10)
    }

    @Test func aSessionsClientIsFoundInTheListOfConnections() {
        let answer = """
             /10.0.0.1:4711[1](queued=0,recved=5,sent=5,sid=0x10000a1b2c0000,lop=PING,est=1,to=10000)
             /127.0.0.1:55822[0](queued=0,recved=1,sent=0)
             /[2001:db8:0:0:0:0:0:1]:4712[1](queued=0,recved=5,sent=5,sid=0x2000000000000001,lop=NA)
            """
        #expect(ConnectionList.address(of: 0x10000a1b2c0000, in: answer) == "10.0.0.1:4711")
        #expect(ConnectionList.address(of: 0x2000_0000_0000_0001, in: answer) == "[2001:db8:0:0:0:0:0:1]:4712")
        #expect(ConnectionList.address(of: 0x10000a1b2c0001, in: answer) == nil)
        #expect(ConnectionList.address(of: 1, in: "") == nil)
    }

    @Test func permissionsHaveNamesAndBits() {
        #expect(ZnodePermissions.names(of: 31) == ["read", "write", "create", "delete", "admin"])
        #expect(ZnodePermissions.names(of: 5) == ["read", "create"])
    }

    @Test(arguments: 0..<100)
    func theTopListHoldsTheLargest(_ seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let values = (0..<Int.random(in: 0...300, using: &generator)).map { ("/\($0)", Int64.random(in: 0...50, using: &generator)) }
        var list = TopList(limit: 7)
        for (path, value) in values { list.insert(path, value: value) }
        let expected = values.sorted { $0.1 == $1.1 ? ByteOrder.precedes($0.0, $1.0) : $0.1 > $1.1 }.prefix(7)
        #expect(list.largest.map(\.path) == expected.map(\.0), "seed \(seed)")
    }

    @Test func descendantsCountForAllAncestors() throws {
        var counts = DescendantCounts()
        counts.add(try ZnodePath("/a"), children: 2)
        counts.add(try ZnodePath("/a/b"), children: 5)
        counts.add(try ZnodePath("/a/c"), children: 0)
        #expect(counts[.root] == 7)
        #expect(counts[try ZnodePath("/a")] == 7)
        #expect(counts[try ZnodePath("/a/b")] == 5)
        #expect(counts[try ZnodePath("/a/c")] == nil)
    }

    @Test func anExcerptShowsWhatIsAroundTheMatch() {
        let data = Data((String(repeating: "x", count: 100) + "needle\n" + String(repeating: "y", count: 100)).utf8)
        let excerpt = ZnodeSearch.excerpt(of: data, around: 100..<106)
        #expect(excerpt == "…" + String(repeating: "x", count: 40) + "needle " + String(repeating: "y", count: 39) + "…")
        #expect(ZnodeSearch.excerpt(of: Data("needle".utf8), around: 0..<6) == "needle")
    }
}
