import Testing

@testable import MesosDNS

/// contracts/dns-networking.md §3.2 and §3.3.
@Suite struct LabelTests {
    static let x62 = String(repeating: "x", count: 62)

    @Test(arguments: [
        ("My_App.v2", "my-app-v2", "my-app-v2"),
        ("/prod/api", "prodapi", "prodapi"),
        ("--Edge__Cache--", "edge--cache", "edge--cache"),
        ("7up service", "7upservice", "upservice"),
        (x62 + "--tail", x62 + "t", String(repeating: "x", count: 24)),
        ("", "", ""),
        ("ünï", "n", "n"),
        ("---", "", ""),
        ("a-", "a", "a"),
    ])
    func labelsFollowTheTable(_ input: String, _ rfc1123: String, _ rfc952: String) {
        #expect(LabelRule.rfc1123.label(input) == rfc1123)
        #expect(LabelRule.rfc952.label(input) == rfc952)
    }

    @Test(arguments: [
        ("marathon", "marathon"), ("My.Frame_work", "my.frame-work"), ("a..b", "a.b"), (".a.", "a"), ("/x/.y", "x.y"), ("", ""),
    ])
    func fragmentsKeepTheirDots(_ input: String, _ expected: String) {
        #expect(LabelRule.rfc1123.fragment(input) == expected)
    }

    @Test func theHashOfTheContract() {
        #expect(TaskHash.hash5("nginx.48dccce7-90bc-11e6-ae70-70b3d5800001") == "jhy6r")
    }

    @Test(arguments: [("20160101-000000-S12", "s12"), ("f-S0", "s0"), ("single", "single"), ("a-", "")])
    func theAgentTail(_ id: String, _ tail: String) {
        #expect(TaskHash.agentTail(id) == tail)
    }

    @Test func aLongNameIsCutSoThatTheCanonicalLabelFits() {
        let name = String(repeating: "a", count: 53) + "-bcdefghij"
        let canonical = RecordRules.canonical(name, hash: "abcde", agentTail: "s1")
        #expect(canonical == String(repeating: "a", count: 53) + "-abcde-s1")
        #expect(RecordRules.canonical(String(repeating: "a", count: 63), hash: "abcde", agentTail: "s1")?.utf8.count == 63)
        #expect(RecordRules.canonical("myapp.sub.outer", hash: "abcde", agentTail: "s1") == "myapp.sub.outer-abcde-s1")
        #expect(RecordRules.canonical("a", hash: "abcde", agentTail: String(repeating: "s", count: 60)) == nil)
    }
}
