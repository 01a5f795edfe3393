import Testing

@testable import ObjectStorage

@Suite struct XMLReaderTests {
    @Test func `reads elements, text and entities`() throws {
        let root = try XMLReader.read(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- an answer -->
            <List xmlns="http://example.com/doc" a='1'>
              <Key>a &amp; b&#x41;&#66; &lt;é&gt;</Key><Empty/><Key><![CDATA[<raw>&]]></Key>
            </List>

            """.utf8)
        #expect(root.name == "List")
        #expect(root.all("Key").map(\.text) == ["a & bAB <é>", "<raw>&"])
        #expect(root["Empty"] == XMLElement(name: "Empty"))
        #expect(root["Missing"] == nil)
    }

    @Test func `takes a byte order mark`() throws {
        #expect(try XMLReader.read("\u{FEFF}<a/>".utf8).name == "a")
    }

    @Test(
        arguments: [
            "", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&nope;</a>", "<a>&amp</a>", "<a b></a>", "<a b=c/>", "<a", "<1/>",
            "<!DOCTYPE a [<!ENTITY x \"y\">]><a/>", "<a><?pi?></a>", "<a>&#xD800;</a>", "<a b=\"1\"c=\"2\"/>",
        ])
    func `refuses what is malformed`(text: String) {
        #expect(throws: XMLReader.Malformed.self) { try XMLReader.read(text.utf8) }
    }

    @Test func `refuses depths that no answer has`() {
        let text = String(repeating: "<a>", count: 1000) + String(repeating: "</a>", count: 1000)
        #expect(throws: XMLReader.Malformed.self) { try XMLReader.read(text.utf8) }
    }

    @Test func `bytes that change at random are read or refused, never crash`() {
        let text = Array("<L x='1'><Key>a&amp;b</Key><!-- c --><S>1</S><![CDATA[x]]></L>".utf8)
        for seed in 1...5000 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            var bytes = text
            for _ in 0...Int.random(in: 0...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? XMLReader.read(bytes)
        }
    }
}
