import AppModel

/// An event of the stream: `eventType`, `timestamp` and what belongs to the type (contracts/marathon.md §7.2).
struct MarathonEvent: Sendable {
    let type: String
    let json: JSONValue
    /// Without the group trees of plans; the same as `json` for events without a plan.
    let lightJSON: JSONValue

    init(_ type: String, at time: Timestamp, _ fields: [(String, JSONValue)], light: [(String, JSONValue)]? = nil) {
        self.type = type
        func object(_ fields: [(String, JSONValue)]) -> JSONValue {
            .object(JSONObject([("eventType", .string(type))] + fields + [("timestamp", .string(time.description))]))
        }
        json = object(fields)
        lightJSON = light.map(object) ?? json
    }
}
