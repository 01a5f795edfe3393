import FoundationEssentials

/// What a request path addresses. Ids of apps and groups contain slashes and end at a known suffix
/// (contracts/marathon.md §2, Paths).
enum Route: Equatable, Sendable {
    case index
    case ui
    case ping
    case metrics
    case logging
    case info
    case leader
    case events
    case eventSubscriptions
    case plugins
    case pods
    case apps
    /// - path: absolute, e.g. `/prod/web`.
    case app(String)
    /// `/v2/apps/<group>/*`; `/` for all.
    case appsBelow(String)
    case appVersions(String)
    case appVersion(String, String)
    case appRestart(String)
    case appTasks(String)
    case appTasksBelow(String)
    case appTask(String, String)
    case tasks
    case tasksDelete
    /// `/` is the root group.
    case group(String)
    case groupApps(String)
    case groupVersions(String)
    case groupVersion(String, String)
    case deployments
    case deployment(String)
    case queue
    case queueDelay(String)
    case notFound

    /// - path: as it came on the wire, percent-encoded, without the query.
    init(path: String) {
        let segments = Self.segments(path)
        guard let first = segments.first else {
            self = .index
            return
        }
        switch (first, segments.count) {
        case ("ui", _): self = .ui
        case ("ping", 1): self = .ping
        case ("metrics", 1): self = .metrics
        case ("logging", 1): self = .logging
        case ("v2", 2...): self = Self.versionTwo(segments[1], Array(segments[2...]))
        default: self = .notFound
        }
    }

    private static func versionTwo(_ resource: String, _ rest: [String]) -> Route {
        switch resource {
        case "info" where rest.isEmpty: .info
        case "leader" where rest.isEmpty: .leader
        case "events" where rest.isEmpty: .events
        case "eventSubscriptions" where rest.isEmpty: .eventSubscriptions
        case "plugins": .plugins
        case "pods": .pods
        case "apps": app(rest)
        case "tasks" where rest.isEmpty: .tasks
        case "tasks" where rest == ["delete"]: .tasksDelete
        case "groups": group(rest)
        case "deployments" where rest.isEmpty: .deployments
        case "deployments" where rest.count == 1: .deployment(rest[0])
        case "queue" where rest.isEmpty: .queue
        case "queue" where rest.count >= 2 && rest.last == "delay": .queueDelay(absolute(rest.dropLast()))
        default: .notFound
        }
    }

    private static func app(_ rest: [String]) -> Route {
        guard let last = rest.last else { return .apps }
        let count = rest.count
        if last == "*" { return .appsBelow(absolute(rest.dropLast())) }
        if count >= 2 {
            switch last {
            case "tasks" where rest[count - 2] == "*": return .appTasksBelow(absolute(rest.dropLast(2)))
            case "tasks": return .appTasks(absolute(rest.dropLast()))
            case "versions": return .appVersions(absolute(rest.dropLast()))
            case "restart": return .appRestart(absolute(rest.dropLast()))
            default: break
            }
        }
        if count >= 3 {
            switch rest[count - 2] {
            case "tasks": return .appTask(absolute(rest.dropLast(2)), last)
            case "versions": return .appVersion(absolute(rest.dropLast(2)), last)
            default: break
            }
        }
        return .app(absolute(rest[...]))
    }

    private static func group(_ rest: [String]) -> Route {
        switch rest.last {
        case nil: .group("/")
        case "apps"?: .groupApps(absolute(rest.dropLast()))
        case "versions"?: .groupVersions(absolute(rest.dropLast()))
        case let last? where rest.count >= 2 && rest[rest.count - 2] == "versions":
            .groupVersion(absolute(rest.dropLast(2)), last)
        default: .group(absolute(rest[...]))
        }
    }

    private static func absolute(_ segments: ArraySlice<String>) -> String { "/" + segments.joined(separator: "/") }

    /// Percent-decoded segments; empty ones and `.` vanish, `..` takes its predecessor with it.
    private static func segments(_ path: String) -> [String] {
        let decoded = PercentEncoding.decode(path) ?? path
        var result: [String] = []
        for segment in decoded.split(separator: "/") {
            switch segment {
            case ".": continue
            case "..": if !result.isEmpty { result.removeLast() }
            default: result.append(String(segment))
            }
        }
        return result
    }
}
