/// Why an offer is of no use to an app, by the names `/v2/queue` shows (contracts/marathon.md §16).
public enum RejectionReason: String, Sendable, Hashable, CaseIterable, Codable {
    case unfulfilledRole = "UnfulfilledRole"
    case unfulfilledConstraint = "UnfulfilledConstraint"
    case noCorrespondingReservation = "NoCorrespondingReservationFound"
    case insufficientCpus = "InsufficientCpus"
    case insufficientMemory = "InsufficientMemory"
    case insufficientDisk = "InsufficientDisk"
    case insufficientGpus = "InsufficientGpus"
    case insufficientPorts = "InsufficientPorts"
}
