public import ResourceModel

/// What an offer must have at least: all amounts of one of the alternatives (`--min_allocatable_resources`, contracts/mesos.md
/// §13 "Allocatable", §20). Without alternatives anything will do.
public struct MinimumAllocation: Sendable, Hashable {
    /// Thousandths by name.
    private(set) var alternatives: [[String: Int64]]

    /// 0.01 cpus or 32 MB.
    public static let standard = MinimumAllocation([["cpus": 0.01], ["mem": 32]])

    public init(_ alternatives: [[String: Double]]) {
        self.alternatives = alternatives.map { $0.mapValues { Int64((min(max($0, 0), 9e15) * 1000).rounded()) } }
    }

    /// `cpus:0.01|mem:32`, `cpus:1;mem:64|gpus:1`; nil when it is something else.
    public init?(text: String) {
        var alternatives: [[String: Double]] = []
        for part in text.split(separator: "|") {
            var amounts: [String: Double] = [:]
            for entry in part.split(separator: ";") {
                let pair = entry.split(separator: ":", omittingEmptySubsequences: false)
                guard pair.count == 2, !pair[0].isEmpty, let value = Double(pair[1]), value.isFinite, value >= 0, value < 9e15 else {
                    return nil
                }
                amounts[String(pair[0])] = value
            }
            alternatives.append(amounts)
        }
        self.init(alternatives)
    }

    func isMet(by resources: Resources) -> Bool { isMet { resources.thousandths($0) } }

    func isMet(by quantities: Quantities) -> Bool { isMet { quantities.thousandths($0) } }

    private func isMet(_ thousandths: (String) -> Int64) -> Bool {
        alternatives.isEmpty
            || alternatives.contains { alternative in alternative.allSatisfy { thousandths($0.key) >= $0.value } }
    }

    /// Met by what meets either.
    func union(_ other: MinimumAllocation) -> MinimumAllocation {
        var result = self
        if alternatives.isEmpty || other.alternatives.isEmpty {
            result.alternatives = []
        } else {
            for alternative in other.alternatives where !alternatives.contains(alternative) { result.alternatives.append(alternative) }
        }
        return result
    }
}

extension OfferFilters {
    /// Nil: the master's.
    var minimum: MinimumAllocation? {
        min_allocatable_resources.map { MinimumAllocation($0.quantities.map { $0.quantities.mapValues(\.value) }) }
    }
}
