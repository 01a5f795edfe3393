extension Resource: CustomStringConvertible {
    /// The text of `--resources`, with what it cannot say added: `cpus(*):1.5`, `ports(*):[31000-31001]`,
    /// `disk(role, principal)[id:path]:64`, `cpus(*){REV}:1`.
    public var description: String {
        let value =
            switch type {
            case .scalar: "\(scalar?.value ?? 0)"
            case .ranges: RangeSet(ranges?.range.compactMap { $0.begin <= $0.end ? $0.begin...$0.end : nil } ?? []).description
            default: "{\(set?.item.joined(separator: ", ") ?? "")}"
            }
        let owner = reservation.map { "\(role), \($0.principal ?? "")" } ?? role
        let volume = disk.map { "[\($0.text)]" } ?? ""
        return "\(name)(\(owner))\(volume)\(revocable == nil ? "" : "{REV}"):\(value)"
    }

    /// Orders entries of one name and role.
    var sortKey: String {
        let reserved = reservation.map { "1\($0.principal ?? "")\($0.labels.map { "\($0)" } ?? "")" } ?? "0"
        return "\(reserved)\u{0}\(disk?.text ?? "")\u{0}\(revocable == nil ? 0 : 1)"
    }
}

extension Resource.Disk {
    /// `source,id:path`.
    fileprivate var text: String {
        let origin = source.map { "\($0.type.rawValue):\($0.path?.root ?? $0.mount?.root ?? "")" }
        let volume = persistence.map { "\($0.id):\(self.volume?.container_path ?? "")" }
        return [origin, volume].compactMap(\.self).joined(separator: ",")
    }
}
