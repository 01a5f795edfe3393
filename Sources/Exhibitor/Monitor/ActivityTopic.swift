/// What an entry of the activity log is about, for the timeline of the ensemble.
public enum ActivityTopic: String, Sendable, Codable, CaseIterable {
    case state, leader, config, membership, restart, backup, `operator`, warning
}
