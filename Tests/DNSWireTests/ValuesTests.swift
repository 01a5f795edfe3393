import DNSWire
import Testing

@Suite struct ValuesTests {
    @Test(arguments: ["mesos", "mesos.", "Web.Marathon.MESOS", "_a._tcp.x.y.z", "."])
    func namesReadFromTextAndBack(_ text: String) throws {
        let expected = text == "." ? "." : text.lowercased() + (text.hasSuffix(".") ? "" : ".")
        #expect(try name(text).description == expected)
    }

    @Test(arguments: ["", "..", ".a", "a..b", String(repeating: "a", count: 64), String(repeating: "abc.", count: 64)])
    func whatIsNoNameIsRefused(_ text: String) {
        #expect(text == "" ? DNSName(text) == .root : DNSName(text) == nil)
    }

    @Test func namesKnowWhatIsBelowWhat() throws {
        #expect(try name("a.mesos").isEqual(toOrBelow: try name("mesos")))
        #expect(try name("mesos").isEqual(toOrBelow: try name("MESOS")))
        #expect(try !name("amesos").isEqual(toOrBelow: try name("mesos")))
        #expect(try !name("mesos").isEqual(toOrBelow: try name("a.mesos")))
        #expect(try name("a.b.mesos").parent == name("b.mesos"))
    }

    @Test(arguments: ["10.0.0.5", "0.0.0.0", "255.255.255.255"])
    func addressesReadFromTextAndBack(_ text: String) {
        #expect(IPv4Address(text)?.description == text)
    }

    @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1..3.4", "1.2.3.4 ", "::1"])
    func whatIsNoAddressIsRefused(_ text: String) {
        #expect(IPv4Address(text) == nil)
    }

    @Test(arguments: [
        ("::", "::"), ("::1", "::1"), ("fd01:c::0007", "fd01:c::7"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::ffff:10.0.0.1", "::ffff:a00:1"), ("1::", "1::"),
    ])
    func longAddressesReadFromTextAndBack(_ text: String, _ expected: String) {
        #expect(IPv6Address(text)?.description == expected)
    }

    @Test(arguments: ["", ":", "1:2", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7::8:9", "fe80::1%eth0"])
    func whatIsNoLongAddressIsRefused(_ text: String) {
        #expect(IPv6Address(text) == nil)
    }
}
