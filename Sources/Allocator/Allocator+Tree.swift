import ResourceModel

// Roles form a tree by their names: `a/b` is a child of `a`. Siblings share what their parent gets (contracts/mesos.md §20).
extension Allocator {
    /// What the roles below a role hold together.
    struct Branch: Sendable, Hashable {
        var held = Quantities()
        var heldNonRevocable = Quantities()
        var heldUnreserved = Quantities()

        var isEmpty: Bool { held.isEmpty }

        mutating func add(_ other: Branch, sign: Int) {
            if sign > 0 {
                held += other.held
                heldNonRevocable += other.heldNonRevocable
                heldUnreserved += other.heldUnreserved
            } else {
                held -= other.held
                heldNonRevocable -= other.heldNonRevocable
                heldUnreserved -= other.heldUnreserved
            }
        }
    }

    /// The role and everything below it.
    func branch(_ name: String) -> Branch {
        let role = roles[name]
        var sum = Branch(
            held: role?.held ?? Quantities(), heldNonRevocable: role?.heldNonRevocable ?? Quantities(),
            heldUnreserved: role?.heldUnreserved ?? Quantities())
        if let below = below[name] { sum.add(below, sign: 1) }
        return sum
    }

    /// The role without a parent that it is, or is below of.
    static func top(of role: String) -> String { role.firstIndex(of: "/").map { String(role[..<$0]) } ?? role }

    /// Roles in fair order: at each level by share, then each with its children before its next sibling. A role's own frameworks
    /// stand beside its children, with weight 1.
    func inTreeOrder(_ names: [String], below parent: String? = nil) -> [String] {
        if names.count < 2 { return names }
        if parent == nil, !names.contains(where: { $0.utf8.contains(UInt8(ascii: "/")) }) {
            return names.map { name in
                let role = roles[name]
                let held = below[name] == nil ? role?.held ?? Quantities() : branch(name).held
                return Place(
                    share: held.dominantShare(of: cluster, excluding: excluded) / (role?.weight ?? 1), allocations: role?.allocations ?? 0,
                    name: name)
            }
            .sorted().map(\.name)
        }
        var groups: [String: [String]] = [:]
        for name in names { groups[Self.child(of: parent, towards: name), default: []].append(name) }
        let places = groups.map { child, members -> Place<String> in
            // Without descendants that want something there is nothing to share out further down.
            let isOwn = child == parent
            let held = isOwn ? roles[child]?.held ?? Quantities() : branch(child).held
            let weight = isOwn ? 1 : roles[child]?.weight ?? 1
            return Place(
                share: held.dominantShare(of: cluster, excluding: excluded) / weight,
                allocations: members.reduce(0) { $0 + (roles[$1]?.allocations ?? 0) }, name: child)
        }
        return places.sorted().flatMap { place -> [String] in
            let members = groups[place.name] ?? []
            return members.count == 1 || place.name == parent ? members : inTreeOrder(members, below: place.name)
        }
    }

    /// The ancestor of `name`, or itself, that is a child of `parent`; `parent` for itself.
    private static func child(of parent: String?, towards name: String) -> String {
        guard name != parent else { return name }
        let start = parent.map { name.index(name.startIndex, offsetBy: $0.count + 1) } ?? name.startIndex
        return name[start...].firstIndex(of: "/").map { String(name[..<$0]) } ?? name
    }

    // MARK: Limits

    /// How much more that is not reserved the role may be given, in thousandths by name: its own limits and those of the roles
    /// above it, less what they hold and what is reserved for them. Nil: no limits.
    func allowance(of role: String) -> [String: Int64]? {
        var allowance: [String: Int64]?
        for name in [role] + (role.utf8.contains(UInt8(ascii: "/")) ? RoleName.ancestors(of: role) : []) {
            guard let limits = roles[name]?.limits, !limits.isEmpty else { continue }
            let held = branch(name).heldUnreserved
            let reserved = self.reserved[name] ?? Quantities()
            allowance = (allowance ?? [:]).merging(
                limits.reduce(into: [:]) { $0[$1.key] = max(0, $1.value - held.thousandths($1.key) - reserved.thousandths($1.key)) },
                uniquingKeysWith: min)
        }
        return allowance
    }

    /// Keeps count of what is reserved for roles and for those above them.
    mutating func countReservations(of total: Resources, sign: Int) {
        guard !total.isPlain else { return }
        for (role, resources) in total.reservedByRole {
            let amounts = Quantities(resources)
            for name in [role] + RoleName.ancestors(of: role) {
                if sign > 0 {
                    reserved[name, default: Quantities()] += amounts
                } else {
                    reserved[name]? -= amounts
                    if reserved[name]?.isEmpty ?? false { reserved[name] = nil }
                }
            }
        }
    }
}
