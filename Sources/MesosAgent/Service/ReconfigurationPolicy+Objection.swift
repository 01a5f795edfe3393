import ResourceModel

extension ReconfigurationPolicy {
    /// What forbids an agent to go on under its id with other flags, in words for an operator; nil: nothing.
    func objection(from old: AgentInfo, to new: AgentInfo) -> String? {
        if old.hostname != new.hostname { return "hostname was '\(old.hostname)' and is now '\(new.hostname)'" }
        let before = Resources(old.resources)
        let after = Resources(new.resources)
        let isSame = before == after
        if !isSame, self == .equal || !after.contains(before) {
            return "resources were '\(before)' and are now '\(after)'"
        }
        let oldAttributes = Set(old.attributes)
        let newAttributes = Set(new.attributes)
        let gone = oldAttributes.subtracting(newAttributes).map(\.name).sorted()
        if !gone.isEmpty { return "attribute \(gone.joined(separator: ", ")) was changed or removed" }
        let added = newAttributes.subtracting(oldAttributes).map(\.name).sorted()
        if !added.isEmpty, self == .equal { return "attribute \(added.joined(separator: ", ")) was added" }
        return nil
    }
}
