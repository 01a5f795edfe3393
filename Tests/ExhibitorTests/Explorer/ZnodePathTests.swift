import Testing

@testable import Exhibitor

@Suite struct ZnodePathTests {
    @Test(arguments: [
        "", "a", "a/b", "//", "/a/", "/a//b", "/a/.", "/./a", "/../a", "/a/..", "/a\u{0}", "/a\u{1f}", "/\u{7f}", "/\u{9f}", "/\u{e000}",
        "/\u{fff0}", "/" + String(repeating: "x", count: 65_536),
    ])
    func refusesWhatZooKeeperRefuses(_ text: String) {
        #expect(throws: ZnodePath.Malformed.self) { try ZnodePath(text) }
    }

    @Test(arguments: ["/", "/a", "/a/b", "/a b", "/...", "/.a", "/é", "/\u{1F600}", "/a:b-c_d%2F"])
    func acceptsWhatZooKeeperAccepts(_ text: String) throws {
        #expect(try ZnodePath(text).text == text)
    }

    @Test(arguments: [
        ("/", true), ("/zookeeper", true), ("/zookeeper/quota/a", true), ("/zookeepers", false), ("/a/zookeeper", false), ("/a", false),
    ])
    func protectsWhatIsZooKeepersOwn(_ text: String, _ isProtected: Bool) throws {
        #expect(try ZnodePath(text).isProtected == isProtected)
    }

    @Test func knowsItsParentsAndChildren() throws {
        let path = try ZnodePath("/a/b/c")
        #expect(path.name == "c")
        #expect(path.parent.text == "/a/b")
        #expect(path.ancestors.map(\.text) == ["/a", "/a/b"])
        #expect(path.child("d").text == "/a/b/c/d")
        #expect(ZnodePath.root.child("a").text == "/a")
        #expect(try ZnodePath("/a").parent.text == "/")
        #expect(ZnodePath.root.parent.text == "/")
        #expect(ZnodePath.root.name == "")
    }

    @Test(arguments: 0..<200)
    func everyPathIsTheChildOfItsParent(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let alphabet = ["a", "b", "é", "-", ".x", "0", "\u{1F600}"]
        var path = ZnodePath.root
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let name = (0..<Int.random(in: 1...5, using: &generator)).compactMap { _ in alphabet.randomElement(using: &generator) }.joined()
            path = path.child("n" + name)
        }
        #expect(try ZnodePath(path.text).text == path.text, "seed \(seed)")
        #expect(path.parent.child(path.name).text == path.text, "seed \(seed)")
        #expect(path.ancestors.count + 1 == path.text.split(separator: "/").count, "seed \(seed)")
    }
}
