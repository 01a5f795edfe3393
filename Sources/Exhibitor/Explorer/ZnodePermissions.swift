/// The five permissions of an access control list and their bits (contracts/exhibitor.md §13.5).
enum ZnodePermissions {
    private static let bits: [(name: String, bit: Int32)] = [
        ("read", 1), ("write", 2), ("create", 4), ("delete", 8), ("admin", 16),
    ]

    static let all: Int32 = 31

    static func names(of permissions: Int32) -> [String] {
        bits.filter { permissions & $0.bit != 0 }.map(\.name)
    }
}
