import ClusterState
import FoundationEssentials

/// What a simulation came to. Times in milliseconds, rates per second.
public struct SimulationReport: Codable, Sendable, Hashable {
    public var agents: Int
    public var frameworks: Int
    /// Tasks that were to run.
    public var tasks: Int
    /// Until every agent was registered.
    public var registration_ms: Double
    /// First launch to last acknowledged TASK_RUNNING of the first wave.
    public var wave_ms: Double
    public var wave_tasks_per_second: Double
    /// Launches whose TASK_RUNNING was acknowledged, over the time of the churn.
    public var churn_tasks_per_second: Double?
    public var launched: Int
    public var ended: Int
    /// Launches that were lost on the way, before anything of them was acknowledged; legal, and launched anew.
    public var undelivered: Int
    public var running_at_end: Int
    public var launch_to_running: Percentiles?
    public var offer_latency: Percentiles?
    /// From the agent to the framework.
    public var update_latency: Percentiles?
    public var kill_to_end: Percentiles?
    public var master_kills: Int
    /// From the signal to SUBSCRIBED at the next leader.
    public var takeover_subscribed: Percentiles?
    /// From the signal to the next accepted offer.
    public var takeover_accepted: Percentiles?
    public var removed_agents: Int
    /// What must not happen; empty in a good run.
    public var problems: [String]

    public var isGood: Bool { problems.isEmpty }

    public var json: String { (try? ClusterJSON.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}" }

    /// Lines for people.
    public var text: String {
        var lines = [
            "\(agents) agents registered in \(registration_ms) ms",
            "first wave: \(tasks) tasks of \(frameworks) framework(s) RUNNING and acknowledged in \(wave_ms) ms, \(wave_tasks_per_second) tasks/s",
        ]
        if let churn_tasks_per_second { lines.append("churn: \(churn_tasks_per_second) tasks/s launched and RUNNING acknowledged") }
        func row(_ name: String, _ times: Percentiles?) {
            guard let times else { return }
            lines.append(
                "\(name): p50 \(times.p50) ms, p90 \(times.p90) ms, p99 \(times.p99) ms, max \(times.max) ms (\(times.count) times)")
        }
        row("launch to RUNNING acknowledged", launch_to_running)
        row("offer latency (REVIVE to OFFERS)", offer_latency)
        row("update latency (agent to framework)", update_latency)
        row("kill to end", kill_to_end)
        row("master kill to SUBSCRIBED", takeover_subscribed)
        row("master kill to next accepted offer", takeover_accepted)
        lines.append(
            "launched \(launched), ended \(ended), never delivered \(undelivered), running at the end \(running_at_end), masters killed \(master_kills), agents removed \(removed_agents)"
        )
        lines += isGood ? ["nothing acknowledged was lost, nothing ran twice"] : problems.map { "PROBLEM: \($0)" }
        return lines.joined(separator: "\n")
    }
}
