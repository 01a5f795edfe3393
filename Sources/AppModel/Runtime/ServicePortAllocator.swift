/// Gives apps their service ports (contracts/marathon.md §9.2). Take one per change, filled with the ports of every app
/// before and after it.
///
///     var allocator = ServicePortAllocator(range: 10000..<20000, used: usedPorts)
///     let app = try allocator.assign(to: changed, previous: stored)
public struct ServicePortAllocator: Sendable {
    public let range: Range<Int>
    private var used: Set<Int>
    private var cursor: Int

    /// - range: `local_port_min` ..< `local_port_max`.
    public init(range: Range<Int> = 10000..<20000, used: some Sequence<Int> = []) {
        self.range = range
        self.used = Set(used)
        cursor = range.lowerBound
    }

    /// The ports given out so far and those that were in use.
    public var usedPorts: Set<Int> { used }

    /// Replaces every service port 0: first by in-range ports that the earlier definition had and the new one does not name, in
    /// order, then by the lowest free one. Throws `.illegal` when the range is exhausted.
    public mutating func assign(to app: AppDefinition, previous: AppDefinition?) throws(AppInputError) -> AppDefinition {
        let wanted = app.servicePorts
        used.formUnion(wanted)
        guard wanted.contains(0) else { return app }
        var reusable = (previous?.servicePorts ?? []).filter { range.contains($0) && !wanted.contains($0) }[...]
        var ports: [Int] = []
        for port in wanted {
            if port != 0 {
                ports.append(port)
            } else if let earlier = reusable.popFirst() {
                used.insert(earlier)
                ports.append(earlier)
            } else {
                ports.append(try nextFree())
            }
        }
        return app.withServicePorts(ports)
    }

    private mutating func nextFree() throws(AppInputError) -> Int {
        while cursor < range.upperBound, used.contains(cursor) { cursor += 1 }
        guard cursor < range.upperBound else {
            throw .illegal("All ports in the range [\(range.lowerBound)-\(range.upperBound)) are already in use")
        }
        used.insert(cursor)
        return cursor
    }
}

extension AppDefinition {
    /// - ports: one per element of `servicePorts`.
    func withServicePorts(_ ports: [Int]) -> AppDefinition {
        var app = self
        if app.portMappings.isEmpty {
            for (index, port) in ports.enumerated() where index < app.portDefinitions.count {
                app.portDefinitions[index].port = port
            }
            return app
        }
        for (index, port) in ports.enumerated() where index < app.portMappings.count {
            app.container?.docker?.portMappings?[index].servicePort = port
        }
        return app.normalized()
    }
}
