import AppModel
import ResourceModel

/// `taskStats` of an app (contracts/marathon.md §3.2): counts and life times of groups of its tasks.
enum TaskStatistics {
    static func json(_ app: AppDefinition, _ instances: [Instance], now: Timestamp) -> JSONValue {
        let scaled = app.versionInfo?.lastScalingAt ?? app.version
        let groups: [(String, [Instance])] = [
            ("startedAfterLastScaling", instances.filter { $0.version >= scaled }),
            ("withLatestConfig", instances.filter { $0.version >= app.configurationTime }),
            ("withOutdatedConfig", instances.filter { $0.version < app.configurationTime }),
            ("totalSummary", instances),
        ]
        return .object(JSONObject(groups.filter { !$0.1.isEmpty }.map { ($0.0, ["stats": stats($0.1, now)]) }))
    }

    private static func stats(_ instances: [Instance], _ now: Timestamp) -> JSONValue {
        var object = JSONObject([
            (
                "counts",
                [
                    "staged": JSONValue(instances.count { $0.state == .staging || $0.state == .starting }),
                    "running": JSONValue(instances.count { $0.isRunning }),
                    "healthy": JSONValue(instances.count { $0.isRunning && $0.isHealthy }),
                    "unhealthy": JSONValue(instances.count { $0.isRunning && $0.isUnhealthy }),
                ]
            )
        ])
        let lives = instances.compactMap(\.startedAt).map { Double((now - $0).wholeMilliseconds) / 1000 }.sorted()
        if !lives.isEmpty {
            object.append(
                "lifeTime",
                [
                    "averageSeconds": .double(lives.reduce(0, +) / Double(lives.count)),
                    "medianSeconds": .double((lives[(lives.count - 1) / 2] + lives[lives.count / 2]) / 2),
                ])
        }
        return .object(object)
    }
}
