import EnsembleModel
import Testing

/// The server spec of contracts/exhibitor.md §7.2, memberships of §13.2.
struct ServerListTests {
    @Test(arguments: [
        ("1:a,2:b", "1:a,2:b"), ("S:1:a,o:2:b", "1:a,O:2:b"), (" 1 : a \n, O:3: c ", "1:a,O:3:c"), ("x:1:a", "1:a"),
        ("1:a,,b,x:y,:c,3:", "1:a"), ("", ""),
    ])
    func specsAreReadLenientlyAndWrittenStrictly(text: String, written: String) {
        #expect(ServerList(parsing: text).description == written)
    }

    @Test func listsAreEqualWhateverTheirOrder() {
        #expect(ServerList(parsing: "1:a,2:b") == ServerList(parsing: "2:b,1:a"))
        #expect(ServerList(parsing: "1:a,2:b") != ServerList(parsing: "1:a,O:2:b"))
        #expect(Set([ServerList(parsing: "1:a,2:b"), ServerList(parsing: "2:b,1:a")]).count == 1)
    }

    @Test func aMembershipSurvivesItsText() {
        let text = "server.2=b:2888:3888:observer;2181\nserver.1=[::1]:2888:3888:participant;0.0.0.0:2181\nversion=100000005\n"
        let membership = Membership(parsing: text)
        #expect(membership?.version == 0x1_0000_0005)
        #expect(membership?.servers.description == "1:::1,O:2:b")
        #expect(membership?.text == "server.1=[::1]:2888:3888:participant;0.0.0.0:2181\nserver.2=b:2888:3888:observer;2181\n")
        #expect(membership?.majority == 1)
    }

    @Test func aTextWithoutMembersIsNoMembership() {
        #expect(Membership(parsing: "version=5\nclientPort=2181\n") == nil)
    }

    @Test func listsThatMakeNoEnsembleAreTold() {
        #expect(ServerList(parsing: "1:a,O:2:b").objection == nil)
        #expect(ServerList(parsing: "O:1:a").objection != nil)
        #expect(ServerList(parsing: "1:a,1:b").objection != nil)
        #expect(ServerList(parsing: "1:a,2:a").objection != nil)
    }

    @Test(arguments: [
        ("1:a,2:b,3:c", "1:a,3:c,4:n", true), ("1:a,2:b,3:c", "1:a,4:n,5:m", false), ("1:a,2:b", "1:a", true), ("1:a", "1:a,2:b", true),
        ("1:a", "2:b", false), ("1:a", "4:a", false), ("1:a,2:b", "1:a,4:b", true), ("1:a,2:b,3:c", "O:1:a,2:b", true),
        ("1:a,2:b,3:c,O:4:d", "4:d,5:e,6:f", false),
    ])
    func aListKeepsThoseWhoKnowEveryWrite(live: String, list: String, isAllowed: Bool) {
        #expect(membership(live).mayBecome(ServerList(parsing: list)) == isAllowed)
    }
}
