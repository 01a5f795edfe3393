import AppModel
import ResourceModel

/// Host ports for one task (contracts/marathon.md §9.2).
enum PortAssignment {
    enum Wish: Hashable {
        case any
        case exactly(Int)
    }

    /// One per host port that the app needs, in order of definition.
    static func wishes(of app: AppDefinition) -> [Wish] {
        if !app.portMappings.isEmpty {
            return app.portMappings.compactMap(\.hostPort).map { $0 == 0 ? .any : .exactly($0) }
        }
        return app.portDefinitions.map { app.requirePorts && $0.port != 0 ? .exactly($0.port) : .any }
    }

    /// Fixed ports as wished; the others follow one another from a random place in the shuffled ranges, and never take a
    /// fixed one. Nil when the offer lacks some.
    static func assign(_ wishes: [Wish], from offered: [RangeSet], using random: inout some RandomNumberGenerator) -> [Int]? {
        guard !wishes.isEmpty else { return [] }
        let fixed = wishes.compactMap { if case .exactly(let port) = $0 { port } else { nil } }
        let fixedSet = Set(fixed)
        guard fixedSet.count == fixed.count,
            fixed.allSatisfy({ port in port > 0 && offered.contains { $0.contains(UInt64(port)) } })
        else { return nil }
        var anyPorts = randomPorts(wishes.count - fixed.count, from: offered, except: fixedSet, using: &random)[...]
        var result: [Int] = []
        for wish in wishes {
            switch wish {
            case .exactly(let port): result.append(port)
            case .any:
                guard let port = anyPorts.popFirst() else { return nil }
                result.append(port)
            }
        }
        return result
    }

    private static func randomPorts(
        _ count: Int, from offered: [RangeSet], except excluded: Set<Int>, using random: inout some RandomNumberGenerator
    ) -> [Int] {
        guard count > 0 else { return [] }
        // Several entries may list the same port: a union counts it once.
        var union = RangeSet()
        for set in offered { union.formUnion(set) }
        let ranges = union.ranges.shuffled(using: &random)
        let total = union.count
        guard total > 0 else { return [] }
        var offset = Int.random(in: 0..<total, using: &random)
        var index = 0
        while offset >= ranges[index].count {
            offset -= ranges[index].count
            index += 1
        }
        var result: [Int] = []
        for _ in 0..<total {
            let port = Int(ranges[index].lowerBound) + offset
            if !excluded.contains(port) { result.append(port) }
            if result.count == count { break }
            offset += 1
            if offset == ranges[index].count {
                offset = 0
                index = (index + 1) % ranges.count
            }
        }
        return result
    }
}
