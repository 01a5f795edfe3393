extension Resource {
    /// Without dynamic reservation; a static one stays.
    var unreserved: Resource {
        guard reservation != nil else { return self }
        var resource = self
        resource.role = "*"
        resource.reservation = nil
        return resource
    }

    /// Of another size.
    /// - amount: MB.
    func adding(_ amount: Double) -> Resource {
        var resource = self
        resource.scalar = ScalarValue(value: (scalar?.value ?? 0) + amount)
        return resource
    }

    /// Without volume; the disk it lies on stays.
    var withoutVolume: Resource {
        var resource = self
        resource.disk = disk?.source.map { source in
            var disk = Resource.Disk()
            disk.source = source
            return disk
        }
        return resource
    }
}

extension Resources {
    /// The part that agents and masters store: dynamic reservations and persistent volumes.
    public var checkpointed: Resources { filter { $0.reservation != nil || $0.disk?.persistence != nil } }

    /// An agent's total from its own resources: with what was reserved and created later. Entries that no longer fit are
    /// left out.
    public func applying(checkpointed entries: [Resource]) -> Resources {
        entries.reduce(into: self) { total, entry in
            let own = Resources([entry.withoutVolume.unreserved])
            if total.contains(own) { total = total - own + Resources([entry]) }
        }
    }
}
