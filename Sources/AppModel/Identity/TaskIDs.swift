/// The grammar of task and persistence ids (contracts/marathon.md §9.1).
///
///     TaskIDs.taskID(of: try AppID("/prod/web"), uuid: uuid)                        // "prod_web.c0e4f2b1-8a7e-…"
///     TaskIDs.app(of: "prod_web.c0e4f2b1-8a7e-11e6-9d2a-02420a00020b")?.description // "/prod/web"
public enum TaskIDs {
    public static func taskID(of app: AppID, uuid: TimeUUID) -> String { "\(app.safeForm).\(uuid)" }

    public static func persistenceID(of app: AppID, containerPath: String, uuid: TimeUUID) -> String {
        "\(app.safeForm)#\(containerPath)#\(uuid)"
    }

    /// The app a task belongs to: all before the last `.` or `_` (older ids use `_`). Nil for an id that is not a task's.
    public static func app(of taskID: String) -> AppID? {
        guard let separator = taskID.lastIndex(where: { $0 == "." || $0 == "_" }), separator != taskID.startIndex,
            taskID.index(after: separator) != taskID.endIndex
        else { return nil }
        return AppID(safeForm: taskID[..<separator])
    }
}
