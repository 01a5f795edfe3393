// Parts of a bag by what quotas count of them.
extension Resources {
    /// What is reserved, and not revocable, by role.
    public var reservedByRole: [String: Resources] {
        quantities.reduce(into: [:]) { parts, entry in
            guard entry.key.role != "*", !entry.key.revocable else { return }
            parts[entry.key.role, default: Resources()].quantities[entry.key] = entry.value
        }
    }

    /// With no more of the scalars that are neither reserved nor revocable than allowed. What cannot be split is left out where
    /// it is too much.
    /// - allowance: thousandths by name; a name that is not there is not limited.
    public func limited(to allowance: [String: Int64]) -> Resources {
        var result = self
        var left = allowance
        let limited = quantities.keys.filter { $0.role == "*" && !$0.revocable && allowance[$0.name] != nil }
        // Plain entries first; the order of the others only has to be the same each time.
        func order(_ kind: Kind) -> String { kind.disk.map { "\($0)" } ?? "" }
        for kind in limited.sorted(by: { order($0) < order($1) }) {
            guard case .scalar(let have)? = quantities[kind], let most = left[kind.name] else { continue }
            let taken = have <= most ? have : kind.isWhole ? 0 : most
            result.quantities[kind] = taken > 0 ? .scalar(taken) : nil
            left[kind.name] = most - taken
        }
        return result
    }
}
