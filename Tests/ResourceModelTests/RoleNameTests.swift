import ResourceModel
import Testing

@Suite("Role names")
struct RoleNameTests {
    @Test("Names and names of children are legal", arguments: ["*", "web", "a/b", "a/b/c-d", "slave_public"])
    func legal(name: String) { #expect(RoleName.invalidity(of: name) == nil) }

    @Test("What is not a name is refused", arguments: ["", ".", "a/..", "./a", "-x", "a/-x", "/a", "a/", "a//b", "a/*", "a b", "a/\tb"])
    func illegal(name: String) { #expect(RoleName.invalidity(of: name) != nil) }

    @Test("Ancestors come from the nearest up")
    func ancestors() {
        #expect(RoleName.ancestors(of: "a/b/c") == ["a/b", "a"])
        #expect(RoleName.ancestors(of: "a").isEmpty)
    }
}
